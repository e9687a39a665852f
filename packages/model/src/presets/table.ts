import type { LayerInput, PresetConfig, PresetName } from '@dropout-lab/contracts';
import { tutorial } from './tutorial.ts';

/** The layers of each preset. */
export const presetTable = {
  tutorial,
  layers: ({ layers }) => layers as LayerInput[],
} satisfies {
  readonly [Name in PresetName]: (config: PresetConfig<Name>, numClasses: number) => LayerInput[];
};
