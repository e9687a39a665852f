import {
  AlphaDropout,
  DropConnectConv2D,
  DropConnectDense,
  Dropout,
  GaussianDropout,
  GaussianNoise,
  NoiseLayer,
} from '@dropout-lab/model';
import { dropoutMask, fold, normal, randomKey } from '@dropout-lab/random';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** The random numbers that a layer draws in each step. */
export interface Mask {
  readonly layer: string;
  /** Shape of the draw, batch axis first; 1 along an axis that shares it. */
  readonly shape: readonly number[];
  /** `kept`: 1 for a unit that is kept and 0 for one that is dropped; `deviates`: standard normal deviates. */
  readonly kind: 'kept' | 'deviates';
  /** All that the draw depends on besides the step: equal keys mean equal masks. */
  readonly key: string;
  readonly at: (step: number) => Float32Array;
}

/** Returns the draws of a model's layers, computed from their documentation, not by their code. */
export const masksOf = (model: LayersModel, batchSize: number): Mask[] =>
  model.layers.flatMap((layer) => {
    if (layer instanceof DropConnectConv2D || layer instanceof DropConnectDense) return kernelMask(layer);
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

/** One mask of the whole kernel for all images. */
const kernelMask = ({ name, kernel, mask }: DropConnectConv2D | DropConnectDense): Mask => {
  const shape = kernel.shape as number[];
  const size = shape.reduce((product, length) => product * length, 1);
  const { rate, seed } = mask;
  return {
    layer: name,
    shape,
    kind: 'kept',
    key: `drop_connect-${seed}-${rate}-${shape.join('x')}`,
    at: (step) =>
      dropoutMask(fold(randomKey(seed!), 'drop_connect', step), { size, rate }).map((scale) =>
        scale > 0 ? 1 : 0,
      ),
  };
};

const streamOf = (layer: NoiseLayer): string => {
  if (layer instanceof AlphaDropout) return 'alpha_dropout';
  if (layer instanceof GaussianDropout) return 'gaussian_dropout';
  return layer instanceof GaussianNoise ? 'gaussian_noise' : 'dropout';
};
