import { ConfigError, type OwnImages, type RunConfig } from '@dropout-lab/contracts';

/** The settings of a run that a user's own images bring along. */
export interface SettingsOfImages {
  readonly dataset: OwnImages;
  readonly splitMethod: 'last' | 'stratified';
  readonly validationSplit?: number;
}

/**
 * Returns the settings of a run on a user's own images: the validation images are those that the user chose or, where there
 * are none, a seeded choice of each class.
 *
 * @param validationImages The last so many training images are for validation; 0 when none were chosen.
 */
export const settingsOfImages = (dataset: OwnImages, validationImages: number): SettingsOfImages =>
  validationImages === 0
    ? { dataset, splitMethod: 'stratified' }
    : {
        dataset,
        splitMethod: 'last',
        validationSplit: fractionOf(validationImages, dataset.trainImages),
      };

/**
 * Refuses a configuration that would validate on other images than those that the user chose.
 *
 * @param own What {@link settingsOfImages} returned, or settings of other images, which choose none.
 * @throws ConfigError naming the setting.
 */
export const requireOwnSplit = (
  config: Pick<RunConfig, 'validationSplit' | 'splitMethod' | 'limitTrain'>,
  own: { readonly [Name in 'validationSplit' | 'splitMethod']?: SettingsOfImages[Name] | undefined },
): void => {
  if (own.validationSplit === undefined) return;
  const expected = { validationSplit: own.validationSplit, splitMethod: own.splitMethod, limitTrain: null };
  for (const [name, value] of Object.entries(expected)) {
    const received = config[name as keyof typeof expected];
    if (received === value) continue;
    throw new ConfigError(
      `${name}: expected ${value ?? 'none'}, since the images have validation images of their own, received ${received}: leave it out, or take those images away`,
      [name],
    );
  }
};

/** Returns the shortest decimal fraction that holds `held` of `all` images out. */
const fractionOf = (held: number, all: number): number => {
  for (let digits = 1; digits < 12; digits++) {
    const near = Number((held / all).toFixed(digits));
    const step = 10 ** -digits;
    const found = [near, near - step, near + step]
      .map((fraction) => Number(fraction.toFixed(digits)))
      .find((fraction) => fraction > 0 && fraction < 1 && Math.floor(all * (1 - fraction)) === all - held);
    if (found !== undefined) return found;
  }
  return (held - 0.5) / all;
};
