import { canonicalJson, type ImageDataset, type OwnImages } from '@dropout-lab/contracts';
import type { ImageLimits } from '../loaded-dataset.ts';

/*
 * A file of prepared images, named by the SHA-256 of its bytes: 8 bytes `dlimages`, the length of a header (uint32), the
 * header as canonical JSON, a label for each image (uint16), and the pixels; training images first. Little-endian.
 */
const MAGIC = 'dlimages';
const VERSION = 1;

/** The content of a file of prepared images, apart from labels and pixels. */
export type ImageFileHeader = Pick<OwnImages, 'imageShape' | 'classNames' | 'trainImages' | 'testImages'>;

/** Returns the bytes before the labels. */
export const headerBytes = ({
  imageShape,
  classNames,
  trainImages,
  testImages,
}: ImageFileHeader): Uint8Array => {
  const text = new TextEncoder().encode(
    canonicalJson({ version: VERSION, imageShape, classNames, trainImages, testImages }),
  );
  const bytes = new Uint8Array(MAGIC.length + 4 + text.length);
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(MAGIC.length, text.length, true);
  bytes.set(text, MAGIC.length + 4);
  return bytes;
};

/** Returns labels as the file has them. */
export const labelBytes = (labels: Uint16Array): Uint8Array => {
  const bytes = new Uint8Array(2 * labels.length);
  const view = new DataView(bytes.buffer);
  labels.forEach((label, i) => {
    view.setUint16(2 * i, label, true);
  });
  return bytes;
};

/** The images of a split within the file. */
export interface SplitInFile extends Omit<ImageDataset, 'images'> {
  /** The place of its first image. */
  readonly first: number;
}

/**
 * Returns the splits of prepared images, each with its own copy of its labels: bytes where they are enough, for up to 256
 * classes.
 *
 * @param labels One for each image, training images first.
 * @param limits How many images of each are wanted; all by default.
 */
export const splitsInFile = (
  { imageShape, classNames, trainImages, testImages }: ImageFileHeader,
  labels: Uint16Array,
  limits: ImageLimits = {},
): Readonly<Record<'train' | 'test', SplitInFile>> => {
  const split = (first: number, count: number, most: number | null | undefined): SplitInFile => {
    const wanted = labels.subarray(first, first + Math.min(count, most ?? count));
    const own = classNames.length <= 256 ? Uint8Array.from(wanted) : Uint16Array.from(wanted);
    return { first, labels: own, imageShape, classNames };
  };
  return {
    train: split(0, trainImages, limits.train),
    test: split(trainImages, testImages, limits.test),
  };
};

/** Returns how many bytes an image has. */
export const imageBytes = ({ imageShape }: Pick<ImageFileHeader, 'imageShape'>): number =>
  imageShape.reduce((product, length) => product * length, 1);

/** The parts of a file of prepared images. */
export interface ImageFileLayout {
  /** Its path within the cache, with `/`. */
  readonly path: string;
  /** Length of the file, in bytes. */
  readonly bytes: number;
  /** The place of the first label, each two bytes long, little-endian; training images first. */
  readonly labelsAt: number;
  /** The place of the first image. */
  readonly pixelsAt: number;
  readonly imageBytes: number;
}

/** Returns where prepared images are in the cache, and where their labels and pixels are in that file. */
export const imageFileLayout = (images: OwnImages): ImageFileLayout => {
  const labelsAt = headerBytes(images).length;
  const count = images.trainImages + images.testImages;
  const size = imageBytes(images);
  const pixelsAt = labelsAt + 2 * count;
  return {
    path: imageFileName(images.sha256),
    bytes: pixelsAt + count * size,
    labelsAt,
    pixelsAt,
    imageBytes: size,
  };
};

/** The folder of prepared images within the cache. */
export const IMAGES_FOLDER = 'images';

/** Returns the path of prepared images within the cache, with `/`. */
export const imageFileName = (sha256: string): string => `${IMAGES_FOLDER}/${sha256}.bin`;
