import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ConfigError } from '@dropout-lab/contracts';
import { fold, randomKey, uint32s } from '@dropout-lab/random';
import { expect, test } from 'vitest';
import { type ByteSource, openParquetImages } from './parquet-images.ts';

const folder = new URL('../../fixtures/parquet/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.parquet'));
const expected: {
  readonly classNames: readonly string[];
  readonly rows: readonly { readonly label: number; readonly sha256: string }[];
} = JSON.parse(await readFile(new URL('rows.json', folder), 'utf8'));

const bytesOf = async (name: string): Promise<Uint8Array> => readFile(new URL(name, folder));

const sourceOf = (bytes: Uint8Array): ByteSource => ({
  byteLength: bytes.length,
  read: async (start, end) => Uint8Array.from(bytes.subarray(start, end)).buffer,
});

/** The label and the digest of the picture of each row. */
const rowsOf = async (bytes: Uint8Array) => {
  const { groups, classNames } = await openParquetImages('pets.parquet', sourceOf(bytes));
  const rows: { label: number; sha256: string | null }[] = [];
  for (const group of groups) {
    expect(group.firstRow).toBe(rows.length);
    const [labels, pictures] = [await group.labels(), await group.pictures()];
    expect([labels.length, pictures.length]).toEqual([group.rows, group.rows]);
    labels.forEach((label, i) => {
      const picture = pictures[i]!;
      rows.push({ label, sha256: picture && createHash('sha256').update(picture).digest('hex') });
    });
  }
  return { rows, classNames, groups: groups.length };
};

test.each(names)('%s has the rows that Python wrote', async (name) => {
  const { rows, classNames } = await rowsOf(await bytesOf(name));
  expect([classNames, rows]).toEqual([expected.classNames, expected.rows]);
});

test('rows come in the groups of the file', async () => {
  expect((await rowsOf(await bytesOf('groups.parquet'))).groups).toBe(3);
});

test.each([
  ['no-metadata', 'under the key huggingface, found no such key: write it with the datasets library'],
  ['no-names', 'expected one column of class labels, a ClassLabel feature with names, found none'],
  ['no-image', 'expected one column of images, an Image feature, found none'],
  ['another-column', 'expected a column image.bytes of type BYTE_ARRAY, found none'],
  ['bytes-alone', 'expected a column image.bytes of type BYTE_ARRAY, found none'],
  ['list', 'expected a column image.bytes of type BYTE_ARRAY, found none'],
  ['texts', 'expected a column label of type INT64 or INT32, found one of type BYTE_ARRAY'],
  ['two-labels', 'found "fine" and "coarse": name the one to be learned label'],
  ['one-class', 'expected the names of 2 to 4096 classes, found 1'],
  ['same-names', 'expected class names that differ, found cat twice'],
  ['control-characters', 'without control characters, found "d\\u001bog"'],
  ['label-7', 'expected labels from 0 to 2, one for each of the class names, found 7 in row 5'],
  ['label-below-0', 'found -1 in row 2'],
  ['no-label', 'found none in row 3'],
  ['many-rows', 'expected at most 1048576 rows in a group, found 1048577: write it in parts'],
])('odd/%s.parquet is refused in a sentence', async (name, message) => {
  const reading = readAll(await bytesOf(`odd/${name}.parquet`));
  await expect(reading).rejects.toThrow(ConfigError);
  await expect(reading).rejects.toThrow(message);
});

test('rows without a picture are known', async () => {
  const { rows } = await rowsOf(await bytesOf('odd/nulls.parquet'));
  expect(rows.map(({ sha256 }) => sha256 === null)).toEqual(rows.map((_, row) => row === 1 || row === 2));
});

/** Everything that a reader may ask for. */
const readAll = async (bytes: Uint8Array): Promise<void> => {
  const { groups } = await openParquetImages('pets.parquet', sourceOf(bytes));
  for (const group of groups) {
    await group.labels();
    await group.pictures();
  }
};

test.each(names)('%s with some bits turned is read, or refused in a sentence', async (name) => {
  const bytes = await bytesOf(name);
  for (let turn = 0; turn < 100; turn++) {
    const damaged = Uint8Array.from(bytes);
    for (const [i, word] of uint32s(fold(randomKey(3), name, turn), 1 + (turn % 3)).entries())
      damaged[(word + i) % damaged.length]! ^= 1 << (word >>> 29);
    await readAll(damaged).catch((error: unknown) => {
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as Error).message).toMatch(/^pets\.parquet: expected .*, found .*: /s);
    });
  }
});

test.each(names)('%s cut off anywhere is refused', async (name) => {
  const bytes = await bytesOf(name);
  for (let length = 0; length < bytes.length; length += 97)
    await expect(readAll(bytes.subarray(0, length))).rejects.toThrow(ConfigError);
});

/** Metadata in Thrift's compact protocol: a version, a schema, no rows, and the names of the columns. */
const fileOf = (features: Readonly<Record<string, unknown>>, schema: readonly number[]): Uint8Array => {
  const text = Buffer.from(JSON.stringify({ info: { features } }));
  const length = [0, 7, 14].map((bits) => ((text.length >> bits) & 0x7f) | (bits < 14 ? 0x80 : 0));
  const metadata = Buffer.from([
    ...[0x15, 2, 0x19, ...schema, 0x16, 0, 0x19, 0x0c, 0x19, 0x1c],
    ...[0x18, 11, ...Buffer.from('huggingface'), 0x18, ...length, ...text, 0, 0],
  ]);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(metadata.length);
  end.write('PAR1', 4);
  return Buffer.concat([Buffer.from('PAR1'), metadata, end]);
};

const noSchema = [0x0c];
const root = [0x1c, 0x48, 4, ...Buffer.from('root'), 0x15, 0, 0];

const image = { _type: 'Image' };
const label = { _type: 'ClassLabel', names: ['a', 'b'] };
const many = (feature: object) =>
  Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`column ${i}`, feature]));

test.each<[string, Readonly<Record<string, unknown>>, string, (readonly number[])?]>([
  [
    'no schema',
    { image, label },
    'a whole Parquet file, found no columns: fetch or write it again',
    noSchema,
  ],
  ['no columns', { image, label }, 'expected a column image.bytes of type BYTE_ARRAY, found none'],
  ['a thousand columns of images', { ...many(image), label }, '"column 2" and 997 more: name the one'],
  ['a thousand columns of labels', { image, ...many(label) }, '"column 2" and 997 more: name the one'],
  ['a long name', { ['x'.repeat(10_000)]: image, second: image, label }, 'x" and "second": name the one'],
  ['a hidden name', { 'a\u001b[2J': image, second: image, label }, 'found "a\\u001b[2J" and "second"'],
])('metadata with %s is refused in a short sentence', async (_, features, message, schema = root) => {
  const error: Error = await openParquetImages('pets.parquet', sourceOf(fileOf(features, schema))).then(
    () => expect.unreachable(),
    (reason) => reason,
  );
  expect(error).toBeInstanceOf(ConfigError);
  expect(error.message).toContain(message);
  expect(error.message.length).toBeLessThan(500);
});
