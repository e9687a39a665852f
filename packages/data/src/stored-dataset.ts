import type { ClassIndices, ImageDataset, ImageShape } from '@dropout-lab/contracts';

/** Pixels of images that are kept elsewhere, on a disk say. */
export interface StoredPixels {
  /** Reads the pixels of the images at some places, one after the other, uint8 [places, height, width, channels]. */
  readonly read: (places: ArrayLike<number>) => Promise<Uint8Array>;
  /** The same at once, for what is read before training begins. */
  readonly readSync: (places: ArrayLike<number>) => Uint8Array;
}

/** Labelled images whose pixels are read when a batch is cut: more than would fit into the memory. */
export interface StoredDataset {
  readonly pixels: StoredPixels;
  /** The place of each image among the stored ones. */
  readonly places: Uint32Array;
  readonly labels: ClassIndices;
  readonly imageShape: ImageShape;
  readonly classNames: readonly string[];
}

/** Whether the pixels of a data set are kept elsewhere. */
export const isStored = (dataset: ImageDataset | StoredDataset): dataset is StoredDataset =>
  'pixels' in dataset;

/** Returns the images at `indices`, in their order: copies of those in memory, places of stored ones. */
export const gather = <Dataset extends ImageDataset | StoredDataset>(
  dataset: Dataset,
  indices: readonly number[],
): Dataset => {
  // In their own type: more than 256 classes would wrap in bytes.
  const labels = new (dataset.labels.constructor as new (length: number) => ClassIndices)(indices.length);
  indices.forEach((from, to) => {
    labels[to] = dataset.labels[from]!;
  });
  if (isStored(dataset))
    return { ...dataset, labels, places: Uint32Array.from(indices, (index) => dataset.places[index]!) };
  const bytes = dataset.imageShape.reduce((product, length) => product * length, 1);
  const images = new Uint8Array(indices.length * bytes);
  indices.forEach((from, to) => {
    images.set(dataset.images.subarray(from * bytes, (from + 1) * bytes), to * bytes);
  });
  return { ...dataset, labels, images };
};

/** Returns the images at `indices`, in their order, in memory: of stored ones no others are read. */
export const imagesAt = async (
  dataset: ImageDataset | StoredDataset,
  indices: readonly number[],
): Promise<ImageDataset> => {
  const gathered = gather(dataset, indices);
  if (!isStored(gathered)) return gathered;
  const { pixels, places, ...described } = gathered;
  return { ...described, images: await pixels.read(places) };
};
