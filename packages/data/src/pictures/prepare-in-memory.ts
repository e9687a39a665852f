import { ConfigError, type ImageDataset } from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import type { DecodePicture } from './decoding/decoded-picture.ts';
import {
  headerBytes,
  type ImageFileHeader,
  imageBytes,
  labelBytes,
  type SplitInFile,
  splitsInFile,
} from './image-file-format.ts';
import type { OwnDataset } from './own-dataset.ts';
import {
  type PictureSource,
  type PixelStore,
  type PreparePicturesOptions,
  preparePictures,
  probeShape,
} from './prepare-pictures.ts';

/** A browser decodes beside its page; more at once would only wait. */
const AT_ONCE = 4;

/** A page that takes much more is ended by its browser. */
const MOST_BYTES = 2 ** 30;

/**
 * Decodes pictures into memory, as `imageFolder` and `parquet` do into the cache: the same images, splits and digest, where
 * pictures decode to the same pixels.
 *
 * @param decode `decodeInBrowser` or, in Node, `decodePicture`.
 * @throws ConfigError when a class has no picture that can be read, there is nothing to test on, the images would take more
 *   than a gigabyte, or, when `strict`, a picture would be skipped.
 */
export const prepareInMemory = async (
  source: PictureSource,
  decode: DecodePicture,
  options: PreparePicturesOptions = {},
): Promise<OwnDataset> => {
  const shape = await probeShape(source, options, decode);
  requireRoom(source, shape);
  const means = { decode, atOnce: AT_ONCE, openStore };
  const prepared = await preparePictures(source, shape, options, means);
  const { trainImages, testImages, labels, imageShape, about } = prepared;
  const described: ImageFileHeader = {
    imageShape: [...imageShape],
    classNames: [...source.classNames],
    trainImages,
    testImages,
  };
  const before = [headerBytes(described), labelBytes(labels)];
  const start = before.reduce((sum, { length }) => sum + length, 0);
  const size = imageBytes(described);
  const content = new Uint8Array(start + labels.length * size);
  let at = 0;
  const append = (part: Uint8Array): void => {
    content.set(part, at);
    at += part.length;
  };
  before.forEach(append);
  for await (const part of prepared.pixels()) append(part);
  const digest = await sha256(content);
  const splits = splitsInFile(described, labels);
  const pixelsOf = ({ first, ...split }: SplitInFile): ImageDataset => {
    const from = start + first * size;
    return { images: content.subarray(from, from + split.labels.length * size), ...split };
  };
  return {
    train: pixelsOf(splits.train),
    test: pixelsOf(splits.test),
    sha256: { images: digest },
    source: 'directory',
    ...about,
    dataset: {
      kind: 'images',
      title: source.title,
      sha256: digest,
      ...described,
      fit: options.fit ?? 'cover',
    },
  };
};

/** @throws ConfigError when the images would take more than {@link MOST_BYTES}. */
const requireRoom = (
  { title, count }: PictureSource,
  [height, width]: readonly [height: number, width: number, channels: number],
): void => {
  // While they are decoded, it is not known that all are grey.
  const bytes = count * height * width * 3;
  if (bytes <= MOST_BYTES) return;
  throw new ConfigError(
    `${title}: expected images of at most a gigabyte, since they are kept in memory, found ${count} pictures of ${height} by ${width} pixels: choose a smaller size, or fewer pictures`,
    ['size'],
  );
};

const openStore = (): PixelStore => {
  const images = new Map<number, Uint8Array>();
  return {
    put: (place, pixels) => images.set(place, pixels),
    *at(places) {
      for (const place of places) yield images.get(place)!;
    },
  };
};
