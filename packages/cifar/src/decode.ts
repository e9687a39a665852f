import { ConfigError, type ImageDataset } from '@dropout-lab/contracts';
import { CIFAR10, type CifarDescriptor, type CifarFile } from './datasets.ts';
import { CifarFormatError } from './errors.ts';
import { htmlStart } from './fetch/html.ts';

/** A file's content under the name that errors are to use. */
export interface CifarFileBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const SIDE = 32;
const PLANE = SIDE * SIDE;
const CHANNELS = 3;

/** Bytes of one image. */
export const IMAGE_BYTES: number = PLANE * CHANNELS;

/** Bytes of one record: its labels, then 1,024 red, 1,024 green and 1,024 blue bytes. */
export const recordBytes = (dataset: CifarDescriptor): number => dataset.labels.length + IMAGE_BYTES;

const checkLength = (dataset: CifarDescriptor, { name, bytes }: CifarFileBytes): void => {
  const record = recordBytes(dataset);
  if (bytes.length > 0 && bytes.length % record === 0) return;
  const spare = bytes.length % record;
  throw new CifarFormatError(
    name,
    'wrong-length',
    `records of ${record} bytes`,
    bytes.length === 0
      ? 'an empty file'
      : `${bytes.length} bytes, ${spare} more than ${(bytes.length - spare) / record} records`,
  );
};

const checkLabels = (dataset: CifarDescriptor, { name, bytes }: CifarFileBytes): void => {
  const record = recordBytes(dataset);
  dataset.labels.forEach((label, offset) => {
    const highest = label.classNames.length - 1;
    for (let at = offset; at < bytes.length; at += record) {
      if (bytes[at]! <= highest) continue;
      throw new CifarFormatError(
        name,
        'bad-label',
        `${label.name}s from 0 to ${highest}`,
        `${bytes[at]} in record ${(at - offset) / record}`,
      );
    }
  });
};

/** @throws CifarFormatError when the bytes are a web page, are not whole records, or contain an impossible label. */
export const checkRecords = (dataset: CifarDescriptor, file: CifarFileBytes): void => {
  const page = htmlStart(file.bytes);
  if (page !== undefined) {
    throw new CifarFormatError(file.name, 'html', 'CIFAR records', `a web page that begins with ${page}`);
  }
  checkLength(dataset, file);
  checkLabels(dataset, file);
};

/** Channel planes to channels last: `to[3p + c] = from[1024c + p]`. */
const interleave = (from: Uint8Array, start: number, to: Uint8Array, end: number): void => {
  const red = start;
  const green = start + PLANE;
  const blue = start + 2 * PLANE;
  for (let p = 0, out = end; p < PLANE; p++, out += CHANNELS) {
    to[out] = from[red + p]!;
    to[out + 1] = from[green + p]!;
    to[out + 2] = from[blue + p]!;
  }
};

/**
 * Decodes files of the official binary layout, one after another, into one data set.
 *
 * @param dataset The layout, and which of its labels: `CIFAR10` or `CIFAR100`.
 * @param files Any number of whole records each.
 * @returns Images uint8 [n, 32, 32, 3], labels uint8 [n].
 * @throws CifarFormatError naming the first file at fault, before anything is decoded.
 */
export const decodeCifar = (dataset: CifarDescriptor, files: readonly CifarFileBytes[]): ImageDataset => {
  for (const file of files) checkRecords(dataset, file);

  const record = recordBytes(dataset);
  const count = files.reduce((sum, file) => sum + file.bytes.length / record, 0);
  const images = new Uint8Array(count * IMAGE_BYTES);
  const labels = new Uint8Array(count);
  let n = 0;
  for (const { bytes } of files) {
    decodeRecords(dataset, bytes, images.subarray(n * IMAGE_BYTES), labels.subarray(n));
    n += bytes.length / record;
  }
  return datasetOf(dataset, images, labels);
};

/** Decodes as many records as the file has and `labels` has room for. */
const decodeRecords = (
  dataset: CifarDescriptor,
  bytes: Uint8Array,
  images: Uint8Array,
  labels: Uint8Array,
): void => {
  const record = recordBytes(dataset);
  const count = Math.min(bytes.length / record, labels.length);
  for (let n = 0, at = 0; n < count; n++, at += record) {
    labels[n] = bytes[at + dataset.target]!;
    interleave(bytes, at + dataset.labels.length, images, n * IMAGE_BYTES);
  }
};

const datasetOf = (dataset: CifarDescriptor, images: Uint8Array, labels: Uint8Array): ImageDataset => ({
  images,
  labels,
  imageShape: [SIDE, SIDE, CHANNELS],
  classNames: dataset.labels[dataset.target]!.classNames,
});

/** A split whose files are decoded one at a time, in any order, so that no two of them are in memory at once. */
export interface SplitDecoder {
  /** Decodes one of the split's verified files; another file is left alone. */
  decode(file: CifarFile, bytes: Uint8Array): void;
  /** Complete when every file has been decoded. */
  readonly dataset: ImageDataset;
}

/** @param limit The number of images, the first ones; all of them when it is null or undefined, or there are fewer. */
export const splitDecoder = (
  dataset: CifarDescriptor,
  split: CifarFile['split'],
  limit: number | null | undefined,
): SplitDecoder => {
  const files = dataset.files.filter((file) => file.split === split);
  const count = files.reduce((sum, file) => sum + file.images, 0);
  const size = Math.min(limit ?? count, count);
  const images = new Uint8Array(size * IMAGE_BYTES);
  const labels = new Uint8Array(size);
  return {
    dataset: datasetOf(dataset, images, labels),
    decode: (file, bytes) => {
      const place = files.indexOf(file);
      if (place < 0) return;
      const first = files.slice(0, place).reduce((sum, before) => sum + before.images, 0);
      if (first < size)
        decodeRecords(dataset, bytes, images.subarray(first * IMAGE_BYTES), labels.subarray(first));
    },
  };
};

/**
 * Encodes RGB images as records of the official layout: the inverse of {@link decodeCifar}.
 *
 * @param images Pixels uint8 [n, 32, 32, 3].
 * @param labels Class indices [n], whole numbers from 0; at least one.
 * @param options `classes`, how many there are: 10 by default, as in CIFAR-10, and at most the 256 that a byte distinguishes.
 * @throws ConfigError for what {@link decodeCifar} would refuse or read otherwise.
 */
export const encodeCifar10 = (
  images: Uint8Array,
  labels: ArrayLike<number>,
  { classes = CIFAR10.labels[CIFAR10.target]!.classNames.length }: { readonly classes?: number } = {},
): Uint8Array => {
  if (!(Number.isInteger(classes) && classes >= 1 && classes <= 256)) {
    throw new ConfigError(
      `encodeCifar10: classes: expected a whole number from 1 to 256, received ${classes}`,
      ['classes'],
    );
  }
  requireEncodable(images, labels, classes - 1);
  const records = new Uint8Array(labels.length * (1 + IMAGE_BYTES));
  let out = 0;
  for (let n = 0; n < labels.length; n++) {
    records[out++] = labels[n]!;
    for (let channel = 0; channel < CHANNELS; channel++) {
      const start = n * IMAGE_BYTES;
      for (let at = start + channel; at < start + IMAGE_BYTES; at += CHANNELS) records[out++] = images[at]!;
    }
  }
  return records;
};

const requireEncodable = (images: Uint8Array, labels: ArrayLike<number>, highest: number): void => {
  const type = Object.prototype.toString.call(images).slice('[object '.length, -1);
  if (!['Uint8Array', 'Uint8ClampedArray'].includes(type)) {
    throw new ConfigError(
      `encodeCifar10: images: expected Uint8Array or Uint8ClampedArray, received ${type}: scale pixels to bytes from 0 to 255`,
      ['images'],
    );
  }
  if (!Number.isInteger(labels?.length)) {
    throw new ConfigError('encodeCifar10: labels: expected a list of classes, received none', ['labels']);
  }
  const pixels = labels.length * IMAGE_BYTES;
  if (labels.length === 0) {
    throw new ConfigError('encodeCifar10: labels: expected at least one, received none', ['labels']);
  }
  if (images.length !== pixels) {
    throw new ConfigError(
      `encodeCifar10: images: expected ${pixels} bytes, ${labels.length} images of [32,32,3], one for each label, received ${images.length}`,
      ['images'],
    );
  }
  const place = Array.from(labels).findIndex((one) => !(Number.isInteger(one) && one >= 0 && one <= highest));
  if (place < 0) return;
  throw new ConfigError(
    `encodeCifar10: labels: expected whole numbers from 0 to ${highest}, received ${labels[place]} for image ${place}`,
    ['labels'],
  );
};
