import type { Batch } from '@dropout-lab/contracts';
import { takesWholeNumbers } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { imageValues } from '../image-values.ts';

/** The kernel that the wasm backend has with `@dropout-lab/wasm-training`. */
const SCALE_BYTES = 'ScaleBytes';

/** Returns images in the form that the model takes; integers, such as an Embedding's, are not scaled. */
export const imagesOf = ({ images, size }: Batch, model: LayersModel): tf.Tensor => {
  const inputShape = [size, ...(model.inputs[0]!.shape.slice(1) as number[])];
  if (takesWholeNumbers(model)) return tf.tensor(Int32Array.from(images), inputShape, 'int32');
  if (images instanceof Uint8Array && tf.getKernel(SCALE_BYTES, tf.getBackend())) {
    const attrs = { bytes: images, shape: inputShape } as unknown as tf.NamedAttrMap;
    return tf.engine().runKernel(SCALE_BYTES, {}, attrs);
  }
  return tf.tensor(imageValues(images), inputShape);
};
