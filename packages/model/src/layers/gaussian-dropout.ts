import { GaussianDropout } from '../gaussian-dropout.ts';
import type { LayerImplementation, LayerOf } from './definition.ts';

/** Multiplicative normal noise; see {@link GaussianDropout}. */
export const gaussianDropout: LayerImplementation<LayerOf<'gaussian_dropout'>> = {
  create: ({ rate }, { name, seed }) => new GaussianDropout({ name, rate, seed }),
  outputShape: (_, input) => input,
};
