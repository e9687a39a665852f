import type { OwnImages } from '@dropout-lab/contracts';

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
