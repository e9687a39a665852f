import { leafLayers, NoiseLayer } from '@dropout-lab/model';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainingError } from '../errors.ts';

/** Properties of TensorFlow.js's layers. */
interface Settings {
  readonly rate?: number;
  readonly stddev?: number;
}

const ours = 'of @dropout-lab/model, which draws from a seed and the step';

/** Layers of TensorFlow.js that draw without a seed, or the same numbers again and again from one, and what to use instead. */
const drawing: Readonly<
  Record<string, { readonly draws: (layer: Settings) => boolean; readonly instead: string }>
> = {
  Dropout: { draws: ({ rate }) => rate !== 0, instead: `use the Dropout ${ours}` },
  SpatialDropout1D: {
    draws: ({ rate }) => rate !== 0,
    instead: `use the Dropout ${ours}, with noiseShape [null, 1, null]`,
  },
  GaussianDropout: { draws: ({ rate }) => rate !== 0, instead: `use the GaussianDropout ${ours}` },
  AlphaDropout: { draws: ({ rate }) => rate !== 0, instead: `use the AlphaDropout ${ours}` },
  GaussianNoise: { draws: ({ stddev }) => stddev !== 0, instead: `use the GaussianNoise ${ours}` },
};

/**
 * Refuses layers whose random numbers do not depend on a seed and the step alone. Workers check it too: in one with a second copy
 * of @dropout-lab/model, layers of the first draw other numbers.
 *
 * @throws TrainingError naming the first one.
 */
export const requireSeeded = (model: LayersModel): void => {
  for (const { layer, path } of leafLayers(model)) {
    const drawn = drawing[layer.getClassName()];
    if (!drawn || layer instanceof NoiseLayer || !drawn.draws(layer as unknown as Settings)) continue;
    const finding =
      'position' in layer
        ? 'the layer of another copy of @dropout-lab/model: install one copy (npm ls @dropout-lab/model)'
        : `TensorFlow.js's layer, with which no run can be reproduced: ${drawn.instead}`;
    throw new TrainingError(
      `model: ${path} (${layer.getClassName()}): expected random numbers that depend on a seed and the step, found ${finding}`,
    );
  }
};
