import { ConfigError, type ModelSpec } from '@dropout-lab/contracts';
import { concat, type Tensor, tensor, tidy } from '@tensorflow/tfjs-core';
import {
  model as functional,
  type LayersModel,
  type layers,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { namedLayers } from '../weights/named-layers.ts';
import { assign } from '../weights/weights.ts';
import { doneWaiting, waitForImages } from './waiting.ts';
import { whiteningKernel } from './whitening-kernel.ts';

/** The most images whose patches an initial kernel is computed from, as in Jordan 2024. */
const IMAGES_OF_INITIALIZATION = 5000;

/** Images that pass through the layers before at once. */
const BATCH = 250;

/** Returns the names of the layers whose initial kernels come from images. */
const whitenedLayersOf = (spec: Pick<ModelSpec, 'layers'>): string[] =>
  namedLayers(spec)
    .filter(({ settings }) => settings.kind === 'conv2d' && settings.kernelInitializer === 'whitening')
    .map(({ name }) => name);

/** Remembers that a model that has just been built needs images before it is trained from its initial weights. */
export const awaitImages = (model: LayersModel, spec: ModelSpec): void => {
  const [name] = whitenedLayersOf(spec);
  if (name !== undefined) waitForImages(model, name);
};

/** Images as training gives them to a model: float32 in its input shape. */
export interface InitialImages {
  readonly values: Float32Array;
  /** The number of images. */
  readonly size: number;
}

/**
 * Sets the initial kernels that depend on the training images: those of convolutions with the initializer `whitening`, first to
 * last, each from the images as they arrive there. Does nothing for other models. Call it before training starts, not when it is
 * resumed.
 *
 * @param model As `buildModel` made it from `spec`.
 * @param firstImages Returns the first training images, at most so many.
 * @throws ConfigError when there are no images.
 */
export const initializeFromImages = (
  model: LayersModel,
  spec: ModelSpec,
  firstImages: (most: number) => InitialImages,
): void => {
  const names = whitenedLayersOf(spec);
  if (names.length === 0) return;
  const images = firstImages(IMAGES_OF_INITIALIZATION);
  if (images.size === 0) {
    throw new ConfigError(
      `${names[0]}: kernelInitializer whitening: expected training images, received none`,
      ['layers'],
    );
  }
  for (const name of names) {
    const layer = model.getLayer(name);
    const [kernel] = layer.weights;
    const maps = tidy(() => {
      const input = inputsOf(model, layer, images);
      return { values: input.dataSync(), shape: input.shape as [number, number, number, number] };
    });
    const shape = kernel!.shape as [number, number, number, number];
    tidy(() => assign(kernel!, tensor(whiteningKernel(maps, shape), shape)));
  }
  doneWaiting(model);
};

/** The images as they arrive at a layer, dropout off. */
const inputsOf = (model: LayersModel, layer: layers.Layer, { values, size }: InitialImages): Tensor => {
  const before = functional({ inputs: model.inputs, outputs: layer.input as SymbolicTensor });
  const imageShape = model.inputs[0]!.shape.slice(1) as number[];
  const imageSize = values.length / size;
  const parts: Tensor[] = [];
  for (let start = 0; start < size; start += BATCH) {
    const end = Math.min(start + BATCH, size);
    const images = tensor(values.subarray(start * imageSize, end * imageSize), [end - start, ...imageShape]);
    parts.push(before.apply(images, { training: false }) as Tensor);
  }
  return concat(parts);
};
