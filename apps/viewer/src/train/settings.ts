import {
  canonicalJson,
  flagsOfConfig,
  type RunConfig,
  runConfigSchema,
  writtenConfig,
} from '@dropout-lab/contracts';
import type { View } from '../shared/address.ts';
import { configOfValues } from '../shared/settings/flag-values.ts';

/** What the form on the page decides of the runs. */
export interface TrainSettings extends Pick<View, 'arms' | 'values'> {
  /** So many images there are to train on; null for all of the data set. */
  readonly mostImages: number | null;
}

/** One of the runs that are trained side by side. */
export type ArmName = 'with' | 'without';

/** The option in which the arms differ. */
export const COMPARED = 'dropout';

/**
 * An arm's configuration: what `dropout-lab train` trains from it has the same start.
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

/** The arms that are trained, in the order in which they are shown; at rate 0 both are one. */
export const armsIn = (settings: TrainSettings): readonly ArmName[] => {
  if (settings.arms !== 'both') return [settings.arms];
  const [dropped, plain] = [configOf(settings, 'with'), configOf(settings, 'without')];
  return canonicalJson(dropped) === canonicalJson(plain) ? ['without'] : ['with', 'without'];
};

/** The command that trains the same in Node. */
export const commandOf = (config: RunConfig): string =>
  ['dropout-lab train', ...flagsOfConfig(runConfigSchema, writtenConfig(config))].join(' ');
