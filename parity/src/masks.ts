import { AlphaDropout, Dropout, GaussianDropout, GaussianNoise, NoiseLayer } from '@dropout-lab/model';
import { dropoutMask, fold, normal, randomKey } from '@dropout-lab/random';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** What a layer draws at a step. */
export interface Mask {
  readonly layer: string;
  /** Batch first, 1 along an axis that shares it. */
  readonly shape: readonly number[];
  /** Whether units are kept, 1 or 0, or normal deviates. */
  readonly kind: 'kept' | 'deviates';
  /** What it is a function of besides the step: masks of one key are one. */
  readonly key: string;
  readonly at: (step: number) => Float32Array;
}

/** What a model's layers draw, as their documentation has it, not their code. */
export const masksOf = (model: LayersModel, batchSize: number): Mask[] =>
  model.layers.flatMap((layer) => {
    if (!(layer instanceof NoiseLayer)) return [];
    const input = [batchSize, ...(layer.outputShape.slice(1) as number[])];
    const isOfUnits = layer instanceof Dropout || layer instanceof AlphaDropout;
    const noiseShape = isOfUnits ? layer.noiseShape : null;
    const shape = input.map((size, axis) => noiseShape?.[axis] ?? size);
    const size = shape.reduce((product, length) => product * length, 1);
    const { name, seed } = layer;
    const keyAt = (step: number) => fold(randomKey(seed!), streamOf(layer), step);
    if (!isOfUnits) {
      const key = `${streamOf(layer)}-${seed}-${shape.join('x')}`;
      const at = (step: number) => normal(keyAt(step), { size });
      return { layer: name, shape, kind: 'deviates' as const, key, at };
    }
    const { rate } = layer;
    if (rate === 0) return [];
    return {
      layer: name,
      shape,
      kind: 'kept' as const,
      key: `${streamOf(layer)}-${seed}-${rate}-${shape.join('x')}`,
      at: (step: number) => dropoutMask(keyAt(step), { size, rate }).map((scale) => (scale > 0 ? 1 : 0)),
    };
  });

const streamOf = (layer: NoiseLayer): string => {
  if (layer instanceof AlphaDropout) return 'alpha_dropout';
  if (layer instanceof GaussianDropout) return 'gaussian_dropout';
  return layer instanceof GaussianNoise ? 'gaussian_noise' : 'dropout';
};
