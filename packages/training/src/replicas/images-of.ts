import type { Batch } from '@dropout-lab/contracts';
import { takesWholeNumbers } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { imageValues } from '../image-values.ts';

/** Returns images in the form that the model takes; integers, such as an Embedding's, are not scaled. */
export const imagesOf = ({ images, size }: Batch, model: LayersModel): tf.Tensor => {
  const inputShape = [size, ...(model.inputs[0]!.shape.slice(1) as number[])];
  if (takesWholeNumbers(model)) return tf.tensor(Int32Array.from(images), inputShape, 'int32');
  return tf.tensor(imageValues(images), inputShape);
};
