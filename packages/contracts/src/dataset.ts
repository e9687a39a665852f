/** Height, width and channels of one image, e.g. `[32, 32, 3]`. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/** Class indices, counted from 0: one for each image or, for sequences, one for each step of each sequence. */
export type ClassIndices = Uint8Array | Uint16Array | Int32Array;

/**
 * The answers that a model is trained towards: class indices, or numbers in the shape of its output (regression,
 * several labels at once, mixed classes).
 */
export type Targets = ClassIndices | Float32Array;

/** Labelled images as they are stored: bytes until a batch is cut. */
export interface ImageDataset {
  /** Pixels 0..255 of shape [n, height, width, channels], row-major. */
  readonly images: Uint8Array;
  /** Class indices of shape [n], 0..classNames.length - 1. */
  readonly labels: ClassIndices;
  readonly imageShape: ImageShape;
  readonly classNames: readonly string[];
}

/** The images and answers of one training or evaluation step. */
export interface Batch<Labels extends Targets = Targets> {
  /**
   * Pixels of shape [size, height, width, channels] (channels last) or [size, channels, height, width]: bytes 0..255,
   * which the step scales to `byte / 255`, rounded to float32; or floats, which the model takes as they are.
   */
  readonly images: Uint8Array | Float32Array;
  /** Class indices of shape [size], or targets of shape [size, ...output shape]. */
  readonly labels: Labels;
  /** Factors of each image's loss, of shape [size]; 1 when left out. */
  readonly sampleWeights?: Float32Array | undefined;
  readonly size: number;
}

/**
 * Batches by position: the order of an epoch is a pure function of its number, so a run that resumes in the
 * middle of an epoch asks for exactly the batches that it has not seen.
 */
export interface BatchSource<Labels extends Targets = Targets> {
  /** Number of images in an epoch; with an incomplete last batch left out, those of the others. */
  readonly size: number;
  readonly batchSize: number;
  /** ceil(size / batchSize); the last batch may be short. */
  readonly batchesPerEpoch: number;
  /** Shape of one image in a batch, in the source's data format: `[32, 32, 3]` or `[3, 32, 32]`. */
  readonly imageShape: readonly number[];
  /**
   * Returns the batch at a position, or a promise of it (when images are read from a disk, say). The same position gives
   * the same batch every time. Training asks for the next batch while it computes this one.
   *
   * @param epoch Zero-based epoch.
   * @param index Zero-based batch within the epoch, below `batchesPerEpoch`.
   */
  batch(epoch: number, index: number): Batch<Labels> | Promise<Batch<Labels>>;
}
