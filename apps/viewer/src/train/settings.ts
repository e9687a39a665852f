import {
  canonicalJson,
  flagsOfConfig,
  type RunConfig,
  runConfigSchema,
  writtenConfig,
} from '@dropout-lab/contracts';
import type { View } from '../shared/address.ts';
import { configOfValues } from '../shared/settings/flag-values.ts';

/** The settings of the form. */
export interface TrainSettings extends Pick<View, 'arms' | 'values'> {
  /** Number of images to train on; null for all of the data set. */
  readonly mostImages: number | null;
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
export const configOf = ({ values, mostImages }: Omit<TrainSettings, 'arms'>, arm: ArmName): RunConfig => {
  const config = configOfValues(arm === 'with' ? values : { ...values, [COMPARED]: '0' });
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
export const commandOf = (config: RunConfig): string =>
  ['dropout-lab train', ...flagsOfConfig(runConfigSchema, writtenConfig(config))].join(' ');
