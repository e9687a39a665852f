import { Buffer } from 'node:buffer';
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { unzip } from './unzip.ts';

const named = (...parts: readonly (Uint8Array | string)[]) =>
  Object.assign(new Blob(parts as BlobPart[]), { name: 'a.zip' });

const MiB = 2 ** 20;
const text = (words: string): Uint8Array => Buffer.from(words);
const small = {
  'run/run.json': text('{}'),
  'run/checkpoints/best/weights.bin': new Uint8Array(300_000).fill(7),
};

/** Writes a 32-bit number wherever a header has another: in front of the entries, and at the end. */
const withNumber = (zip: Uint8Array, before: number, after: number): Uint8Array => {
  const changed = Buffer.from(zip);
  for (let at = 0; at + 4 <= changed.length; at++) {
    if (changed.readUInt32LE(at) === before) changed.writeUInt32LE(after, at);
  }
  return changed;
};

/** Of an entry's header the place of its method of compression. */
const withMethod = (zip: Uint8Array, method: number): Uint8Array => {
  const changed = Buffer.from(zip);
  changed.writeUInt16LE(method, 8);
  return changed;
};

const zeros = (megabytes: number, name: string): Uint8Array =>
  zipSync({ [name]: new Uint8Array(megabytes * MiB) }, { level: 9 });

test.each([
  ['stored', 0],
  ['deflated', 6],
] as const)('the files of one that is %s, by their paths', async (_, level) => {
  const files = await unzip(named(zipSync(small, { level })));
  expect([...files.keys()]).toEqual(Object.keys(small));
  for (const [path, content] of Object.entries(small))
    expect(Buffer.from(files.get(path)!)).toEqual(Buffer.from(content));
});

test('folders are no files, and an archive may have none', async () => {
  expect((await unzip(named(zipSync({ 'run/': new Uint8Array() })))).size).toBe(0);
  expect((await unzip(named(zipSync({})))).size).toBe(0);
});

describe('refused, in a sentence:', () => {
  test.each<[string, () => Blob & { readonly name: string }, string]>([
    ['an empty file', () => named(), 'found a file of another kind: give the one that'],
    ['text', () => named('PK, but not really'), 'found a file of another kind: give the one that'],
    [
      'one that is cut off',
      () => named(zipSync(small, { level: 0 }).subarray(0, 100_000)),
      'found one that cannot be unpacked (invalid zip data): download it again',
    ],
    [
      'one whose content is damaged',
      () => named(zipSync({ 'run/run.json': text('{}'.repeat(99)) }, { level: 6 }).fill(0xff, 42, 50)),
      'cannot be unpacked (',
    ],
    [
      'a method of compression that nobody knows',
      () => named(withMethod(zipSync(small), 97)),
      'found one that cannot be unpacked (unknown compression type 97): download it again',
    ],
    [
      'a hundred thousand files',
      () =>
        named(
          zipSync(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`${i}`, new Uint8Array()]))),
        ),
      'found more than 2000 files: unpack it',
    ],
    [
      'a bomb: 65 megabytes of text of 64 kilobytes',
      () => named(zeros(65, 'run/events.jsonl')),
      `found more than ${64 * MiB} bytes in run/events.jsonl: unpack it`,
    ],
    [
      'a bomb that says that it has ten bytes',
      () => named(withNumber(zeros(65, 'run/events.jsonl'), 65 * MiB, 10)),
      `found more than ${64 * MiB} bytes in run/events.jsonl: unpack it`,
    ],
    [
      'a longer archive than fits',
      () => Object.defineProperty(named(''), 'size', { value: 600 * MiB }),
      `found ${600 * MiB} bytes, and the limit is ${512 * MiB}: unpack it`,
    ],
    [
      'a path to outside',
      () => named(zipSync({ '../run.json': text('{}') })),
      'found the path "../run.json" in it: give',
    ],
    [
      'a path of the other system',
      () => named(zipSync({ 'a\\..\\run.json': text('{}') })),
      'found the path "a\\\\..\\\\run.json" in it',
    ],
    [
      'a path from the root',
      () => named(zipSync({ '/run.json': text('{}') })),
      'found the path "/run.json" in it',
    ],
  ])('%s', async (_, make, expected) => {
    const reason = await unzip(make()).then(
      () => 'nothing',
      (error: Error) => error.message,
    );
    expect(reason).toContain('a.zip: expected a ZIP file of a run, found ');
    expect(reason).toContain(expected);
  });
});

test('weights are as long as the archive may be, all together', async () => {
  const limits = { bytes: 2 * MiB, text: MiB, files: 3 };
  const two = { 'run/weights.bin': new Uint8Array(MiB), 'run/optimizer.bin': new Uint8Array(MiB) };
  expect((await unzip(named(zipSync(two)), limits)).size).toBe(2);
  await expect(unzip(named(zipSync({ ...two, 'run/run.json': text('{}') })), limits)).rejects.toThrow(
    `a.zip: expected a ZIP file of a run, found more than ${2 * MiB} bytes in it: unpack it`,
  );
});
