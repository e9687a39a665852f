import type { ImageDataset, OwnImages } from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import type { DecodePicture } from './decoded-picture.ts';
import { headerBytes, labelBytes, labelsFor } from './image-file-format.ts';
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

/**
 * Decodes pictures into memory, as `imageFolder` and `parquet` do into the cache: the same images, splits and digest, where
 * pictures decode to the same pixels.
 *
 * @param decode `decodeInBrowser` or, in Node, `decodePicture`.
 * @throws ConfigError when a class has no picture that can be read, there is nothing to test on, or, when `strict`, a picture
 *   would be skipped.
 */
export const prepareInMemory = async (
  source: PictureSource,
  decode: DecodePicture,
  options: PreparePicturesOptions = {},
): Promise<OwnDataset> => {
  const shape = await probeShape(source, options, decode);
  const means = { decode, atOnce: AT_ONCE, openStore };
  const prepared = await preparePictures(source, shape, [], options, means);
  const { trainImages, testImages, labels, imageShape, about } = prepared;
  const classNames = [...source.classNames];
  const described = {
    imageShape: [...imageShape] as OwnImages['imageShape'],
    classNames,
    trainImages,
    testImages,
  };
  const before = [headerBytes(described), labelBytes(labels)];
  const start = before.reduce((sum, { length }) => sum + length, 0);
  const size = imageShape.reduce((product, length) => product * length, 1);
  const content = new Uint8Array(start + labels.length * size);
  let at = 0;
  const append = (part: Uint8Array): void => {
    content.set(part, at);
    at += part.length;
  };
  before.forEach(append);
  for await (const part of prepared.pixels()) append(part);
  const split = (from: number, to: number): ImageDataset => {
    const own = labelsFor(classNames.length, to - from);
    own.set(labels.subarray(from, to));
    const images = content.subarray(start + from * size, start + to * size);
    return { images, labels: own, imageShape, classNames };
  };
  const digest = await sha256(content);
  return {
    train: split(0, trainImages),
    test: split(trainImages, trainImages + testImages),
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

const openStore = (): PixelStore => {
  const images = new Map<number, Uint8Array>();
  return {
    put: (place, pixels) => images.set(place, pixels),
    *at(places) {
      for (const place of places) yield images.get(place)!;
    },
  };
};
