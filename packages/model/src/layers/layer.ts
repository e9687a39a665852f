import { ConfigError, type LayerKind, type LayerSpec } from '@dropout-lab/contracts';
import type { layers } from '@tensorflow/tfjs-layers';

/** The shape of a layer's input or output, without the batch. */
export type Shape = readonly number[];

/** The settings of a layer of a kind. */
export type LayerOf<Kind extends LayerKind> = Extract<LayerSpec, { kind: Kind }>;

/** The arguments of a layer that are not settings. */
export interface LayerContext {
  /** Unique in the model. */
  readonly name: string;
  /** For a layer that draws random numbers: a function of the run's seed and of the layer's place among its kind. */
  readonly seed: number;
}

/** How a kind of layer is built; a table has one for each name of the family. */
export interface LayerImplementation<Settings> {
  /** Returns the layer without initial weights: {@link buildModel} draws them. */
  readonly create: (settings: Settings, context: LayerContext) => layers.Layer;
  /**
   * Returns the output's shape for the input's, without building the layer.
   *
   * @param where The beginning of an error's message: the layer.
   * @throws ConfigError when the layer cannot take such an input.
   */
  readonly outputShape: (settings: Settings, input: Shape, where: string) => Shape;
  /** Returns the kernel's shape, where it has one, for an input that it can take. */
  readonly kernelShape?: (settings: Settings, input: Shape) => Shape;
}

/** @throws ConfigError when an input is not an image. */
export const requireImage = (input: Shape, where: string): readonly [number, number, number] => {
  if (input.length === 3) return input as readonly [number, number, number];
  throw new ConfigError(
    `${where}: expected an input of height, width and channels, received one of shape [${input}]: put the layer before the flatten layer`,
    ['layers'],
  );
};

/** @throws ConfigError when a window does not fit into an image. */
export const requireWindow = (
  [height, width]: readonly [number, number, number],
  window: string,
  size: number,
  where: string,
): void => {
  if (Math.min(height, width) >= size) return;
  throw new ConfigError(
    `${where}: expected an input of at least its ${window}, ${size} x ${size}, received ${height} x ${width}: use fewer convolution blocks, a smaller kernelSize or poolSize, padding "same", or larger images`,
    [window],
  );
};

/** Returns the number of windows along the height and the width of an image, into which a window fits where they are not padded. */
export const windowsOf = (
  [height, width]: readonly [number, number, number],
  size: number,
  strides: number,
  padding: 'valid' | 'same',
): [number, number] => {
  const along = (length: number): number =>
    padding === 'same' ? Math.ceil(length / strides) : Math.floor((length - size) / strides) + 1;
  return [along(height), along(width)];
};
