import type { LayerInput, PresetConfig, PresetName } from '@dropout-lab/contracts';
import { airbench94 } from './airbench94.ts';
import { srivastava } from './srivastava.ts';
import { tutorial } from './tutorial.ts';
import { vgg } from './vgg.ts';

/** The layers of each preset. */
export const presetTable = {
  tutorial,
  airbench94,
  srivastava,
  vgg,
  layers: ({ layers }) => layers as LayerInput[],
} satisfies {
  readonly [Name in PresetName]: (config: PresetConfig<Name>, numClasses: number) => LayerInput[];
};
