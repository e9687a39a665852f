import { AlphaDropout } from '../alpha-dropout.ts';
import { requireNoiseShape } from '../noise-shape.ts';
import type { LayerImplementation, LayerOf } from './definition.ts';

/** Dropout for SELU; see {@link AlphaDropout}. */
export const alphaDropout: LayerImplementation<LayerOf<'alpha_dropout'>> = {
  create: ({ rate, noiseShape }, { name, seed }) => new AlphaDropout({ name, rate, noiseShape, seed }),
  outputShape: ({ noiseShape }, input, where) => {
    if (noiseShape) requireNoiseShape(where, noiseShape, [null, ...input], ['layers', 'noiseShape']);
    return input;
  },
};
