import { GaussianNoise } from '../gaussian-noise.ts';
import type { LayerImplementation, LayerOf } from './definition.ts';

/** Additive normal noise; see {@link GaussianNoise}. */
export const gaussianNoise: LayerImplementation<LayerOf<'gaussian_noise'>> = {
  create: ({ stddev }, { name, seed }) => new GaussianNoise({ name, stddev, seed }),
  outputShape: (_, input) => input,
};
