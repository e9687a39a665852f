import {
  canonicalJson,
  flagsOfConfig,
  isOwnImages,
  type OwnImages,
  type PlainObject,
  quoted,
  type RunConfig,
  runConfigSchema,
  writtenConfig,
} from '@dropout-lab/contracts';
import type { View } from '../shared/address.ts';
import { imagesOf } from '../shared/images/own-images.ts';
import { configOfValues, type SettingDefaults } from '../shared/settings/flag-values.ts';

/** The settings of the form. */
export interface TrainSettings extends Pick<View, 'arms' | 'values'> {
  /** Number of images to train on; null for all of the data set. */
  readonly mostImages: number | null;
  /** The settings that images of one's own bring along. */
  readonly own?: SettingDefaults;
}

/** One of the runs that are trained side by side. */
export type ArmName = 'with' | 'without';

/** The option in which the arms differ. */
export const COMPARED = 'dropout';

/**
 * Returns an arm's configuration; `dropout-lab train` trains it from the same initial weights.
 *
 * @throws ConfigError when a setting is impossible.
 */
export const configOf = (
  { values, mostImages, own }: Omit<TrainSettings, 'arms'>,
  arm: ArmName,
): RunConfig => {
  const config = configOfValues(arm === 'with' ? values : { ...values, [COMPARED]: '0' }, own);
  const { limitTrain } = config;
  return mostImages === null
    ? config
    : { ...config, limitTrain: Math.min(limitTrain ?? mostImages, mostImages) };
};

/** Returns the arms to train, in the order in which they are shown; at rate 0 both are one. */
export const armsIn = (settings: TrainSettings): readonly ArmName[] => {
  if (settings.arms !== 'both') return [settings.arms];
  const [dropped, plain] = [configOf(settings, 'with'), configOf(settings, 'without')];
  return canonicalJson(dropped) === canonicalJson(plain) ? ['without'] : ['with', 'without'];
};

/** Returns the command that trains the same in Node. */
export const commandOf = (config: RunConfig): string => {
  const { dataset } = config;
  const given = isOwnImages(dataset) ? imagesFlags(dataset) : [];
  const flags = flagsOfConfig(
    runConfigSchema,
    isOwnImages(dataset) ? besidesImages(config) : writtenConfig(config),
  );
  return ['dropout-lab train', ...given, ...flags].join(' ');
};

/** Returns the options that make the same images of the same pictures. */
const imagesFlags = ({ title, imageShape: [height, width], fit }: OwnImages): string[] => [
  `--images ${quoted(`./${title}`)}`,
  `--size ${height === width ? height : `${height}x${width}`}`,
  ...(fit === 'cover' ? [] : [`--fit ${fit}`]),
];

/** Returns the settings of a run on a user's own images that they do not bring along by themselves. */
const besidesImages = (config: RunConfig): PlainObject => {
  const { splitMethod, validationSplit } = config;
  const { dataset: _, splitMethod: __, ...written } = writtenConfig(config);
  // Images for validation that the user chose are the last ones.
  if (splitMethod === 'last') {
    const { validationSplit: ___, ...others } = written;
    return imagesOf(config.dataset)?.validationImages === 0
      ? { ...others, splitMethod, validationSplit }
      : others;
  }
  return written;
};
