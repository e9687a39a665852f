import { mergeConfig, type RunConfigInput } from '@dropout-lab/contracts';
import type { StudyInput } from './study.ts';

/** The settings that can be swept: what they are called, and the configuration that has a value. */
export const sweptSettings = {
  dropout: { title: 'dropout', at: (rate: number) => ({ model: { dropout: { rate } } }) },
  'dropout-input': {
    title: 'input dropout',
    at: (inputRate: number) => ({ model: { dropout: { inputRate } } }),
  },
  'max-norm': { title: 'max-norm', at: (value: number) => ({ model: { maxNorm: { value } } }) },
  'learning-rate': {
    title: 'learning rate',
    at: (learningRate: number) => ({ optimizer: { learningRate } }),
  },
  'batch-size': { title: 'batch size', at: (batchSize: number) => ({ batchSize }) },
} as const;

/** The name of a setting that can be swept. */
export type SweptSetting = keyof typeof sweptSettings;

/** A setting and the values to try. */
export interface SweepAxis {
  readonly setting: SweptSetting;
  readonly values: readonly number[];
}

type Point = readonly (readonly [SweptSetting, number])[];

/**
 * A study with an arm for each combination of values, such as `dropout-0.5` or `dropout-0.5.learning-rate-0.01`.
 *
 * @param axes At least one, each setting once, with distinct values.
 * @param config The rest of the configuration.
 */
export const sweep = (axes: readonly SweepAxis[], config: RunConfigInput): StudyInput => {
  const points = axes.reduce<readonly Point[]>(
    (combinations, { setting, values }) =>
      combinations.flatMap((point) => values.map((value) => [...point, [setting, value] as const])),
    [[]],
  );
  // The first arm is the base, so that the others are changes of it whatever the defaults are.
  return {
    name: `sweep-${axes.map(({ setting }) => setting).join('-')}`,
    title: `Sweep of ${axes.map(({ setting }) => sweptSettings[setting].title).join(' and ')}`,
    config: mergeConfig({ optimizer: { name: 'adam' } }, mergeConfig(config, configAt(points[0]!))),
    arms: Object.fromEntries(
      points.map((point, i) => [
        point.map(([setting, value]) => `${setting}-${value}`).join('.'),
        {
          title: point.map(([setting, value]) => `${sweptSettings[setting].title} ${value}`).join(', '),
          ...(i === 0 ? {} : { changes: configAt(point) }),
        },
      ]),
    ),
  };
};

const configAt = (point: Point): RunConfigInput =>
  point.reduce<RunConfigInput>(
    (config, [setting, value]) => mergeConfig(config, sweptSettings[setting].at(value)),
    {},
  );
