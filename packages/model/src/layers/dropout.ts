import { Dropout } from '../dropout.ts';
import { requireNoiseShape } from '../noise-shape.ts';
import type { LayerImplementation, LayerOf } from './definition.ts';

/** Inverted dropout; see {@link Dropout}. */
export const dropout: LayerImplementation<LayerOf<'dropout'>> = {
  create: ({ rate, noiseShape }, { name, seed }) => new Dropout({ name, rate, noiseShape, seed }),
  outputShape: ({ noiseShape }, input, where) => {
    if (noiseShape) requireNoiseShape(where, noiseShape, [null, ...input], ['dropout', 'noiseShape']);
    return input;
  },
};
