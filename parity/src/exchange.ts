import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DropoutLabError } from '@dropout-lab/contracts';

/** A folder to exchange arrays with Python: raw little-endian values, described in JSON. */
export interface ExchangeFolder {
  readonly path: string;
  writeJson(name: string, value: unknown): Promise<void>;
  readJson(name: string): Promise<unknown>;
  /** Writes arrays one after another, each as soon as it is made. */
  writeArrays(name: string, arrays: Iterable<Float32Array | Uint8Array>): Promise<void>;
  /** Reads all numbers of a file, or `length` of them from index `start` on. */
  readFloat32(name: string, start?: number, length?: number): Promise<Float32Array>;
}

/** Passes a new temporary folder to `work`, and removes it afterwards, even after an error. */
export const withExchangeFolder = async <T>(work: (folder: ExchangeFolder) => Promise<T>): Promise<T> => {
  const path = await mkdtemp(join(tmpdir(), 'dropout-lab-parity-'));
  try {
    return await work(exchangeFolder(path));
  } finally {
    await rm(path, { recursive: true });
  }
};

const exchangeFolder = (path: string): ExchangeFolder => {
  const at = (name: string): string => join(path, name);
  return {
    path,
    writeJson: (name, value) => writeFile(at(name), JSON.stringify(value)),
    readJson: async (name) => JSON.parse(await readFile(at(name), 'utf8')) as unknown,
    writeArrays: async (name, arrays) => {
      const file = await open(at(name), 'w');
      try {
        for (const { buffer, byteOffset, byteLength } of arrays) {
          await file.writeFile(new Uint8Array(buffer, byteOffset, byteLength));
        }
      } finally {
        await file.close();
      }
    },
    readFloat32: async (name, start = 0, length) => {
      const file = await open(at(name), 'r');
      try {
        const { BYTES_PER_ELEMENT } = Float32Array;
        const size = length ?? (await file.stat()).size / BYTES_PER_ELEMENT - start;
        const values = new Float32Array(size);
        const bytes = new Uint8Array(values.buffer);
        const { bytesRead } = await file.read(bytes, 0, bytes.length, start * BYTES_PER_ELEMENT);
        if (bytesRead === bytes.length) return values;
        throw new DropoutLabError(
          `${at(name)}: expected ${bytes.length} bytes from number ${start} on, found ${bytesRead}`,
        );
      } finally {
        await file.close();
      }
    },
  };
};

/** Packs values into bits, lowest first: 1 for each value that is not 0. */
export const packBits = (values: Float32Array): Uint8Array => {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, i) => {
    if (value !== 0) bits[i >> 3]! |= 1 << (i & 7);
  });
  return bits;
};
