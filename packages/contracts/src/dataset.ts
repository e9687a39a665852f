/** Height, width and channels of one image, e.g. `[32, 32, 3]`. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Labelled images as they are stored: bytes until a batch is cut. */
export interface ImageDataset {
  /** Pixels 0..255 of shape [n, height, width, channels], row-major. */
  readonly images: Uint8Array;
  /** Class indices of shape [n], 0..classNames.length - 1. */
  readonly labels: Uint8Array;
  readonly imageShape: ImageShape;
  readonly classNames: readonly string[];
}

/** What one training or evaluation step sees. */
export interface Batch {
  /** Pixels scaled to 0..1 of shape [size, height, width, channels] (channels last) or [size, channels, height, width]. */
  readonly images: Float32Array;
  /** Class indices of shape [size]. */
  readonly labels: Uint8Array;
  readonly size: number;
}

/**
 * Batches by position: the order of an epoch is a pure function of its number, so a run that resumes in the
 * middle of an epoch asks for exactly the batches that it has not seen.
 */
export interface BatchSource {
  /** Number of images in an epoch. */
  readonly size: number;
  readonly batchSize: number;
  /** ceil(size / batchSize); the last batch may be short. */
  readonly batchesPerEpoch: number;
  /** Shape of one image in a batch, in the source's data format: `[32, 32, 3]` or `[3, 32, 32]`. */
  readonly imageShape: readonly number[];
  /**
   * The batch at a position; the same one however often it is asked for.
   *
   * @param epoch Zero-based epoch.
   * @param index Zero-based batch within the epoch, below `batchesPerEpoch`.
   */
  batch(epoch: number, index: number): Batch;
}
