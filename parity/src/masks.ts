import { Dropout } from '@dropout-lab/model';
import { dropoutMask, fold, randomKey } from '@dropout-lab/random';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** The mask that a layer draws at a step: above 0 for each unit that is kept. */
export interface Mask {
  readonly layer: string;
  /** Batch first, 1 along an axis that shares it. */
  readonly shape: readonly number[];
  /** What it is a function of besides the step: masks of one key are one. */
  readonly key: string;
  readonly at: (step: number) => Float32Array;
}

/** The masks of a model's layers, as their documentation has them, not their code. */
export const masksOf = (model: LayersModel, batchSize: number): Mask[] =>
  model.layers.flatMap((layer) => {
    if (!(layer instanceof Dropout) || layer.rate === 0) return [];
    const { name, seed, rate, noiseShape } = layer;
    const input = [batchSize, ...(layer.outputShape.slice(1) as number[])];
    const shape = input.map((size, axis) => noiseShape?.[axis] ?? size);
    const size = shape.reduce((product, length) => product * length, 1);
    return {
      layer: name,
      shape,
      key: `${seed}-${rate}-${shape.join('x')}`,
      at: (step) => dropoutMask(fold(randomKey(seed!), 'dropout', step), { size, rate }),
    };
  });
