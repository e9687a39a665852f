import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CIFAR10 } from '@dropout-lab/cifar';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { startViewer, type Viewer } from './start-viewer.ts';

/** Longer than the part of a file that is read at a time. */
const bytes = Uint8Array.from({ length: 2 ** 21 + 5 }, (_, i) => (i * 31) % 251);

let viewer: Viewer;

beforeAll(async () => {
  const dataFolder = temporaryFolder();
  await mkdir(join(dataFolder, CIFAR10.directory));
  await writeFile(join(dataFolder, CIFAR10.directory, 'test_batch.bin'), bytes);
  viewer = await startViewer({ runsFolder: temporaryFolder(), port: 0, dataFolder });
});

afterAll(() => viewer?.close());

const requested = async (range: string | undefined, method = 'GET') => {
  const response = await fetch(`${viewer.url}data/cifar10/test_batch.bin`, {
    method,
    headers: range === undefined ? {} : { Range: range },
  });
  return {
    status: response.status,
    range: response.headers.get('Content-Range'),
    length: Number(response.headers.get('Content-Length')),
    body: new Uint8Array(await response.arrayBuffer()),
  };
};

const size = bytes.length;

test.each([
  ['the beginning', 'bytes=0-9', 0, 9],
  ['a single byte', 'bytes=7-7', 7, 7],
  ['a part over the parts that are read', `bytes=${2 ** 20 - 3}-${2 ** 20 + 3}`, 2 ** 20 - 3, 2 ** 20 + 3],
  ['an open end', `bytes=${size - 4}-`, size - 4, size - 1],
  ['an end behind the end', `bytes=${size - 4}-${size + 100}`, size - 4, size - 1],
  ['all', 'bytes=0-', 0, size - 1],
])('%s of a file is sent alone', async (_, range, first, last) => {
  const { status, range: sent, length, body } = await requested(range);
  expect([status, sent, length]).toEqual([206, `bytes ${first}-${last}/${size}`, last - first + 1]);
  expect(Buffer.compare(body, bytes.subarray(first, last + 1))).toBe(0);
});

test.each([
  undefined,
  '',
  'bytes=9-3',
  'bytes=-5',
  'bytes=0-1,5-6',
  'bytes=a-b',
  'items=0-1',
  `bytes=${'9'.repeat(400)}-`,
])('%j is answered with all of it', async (range) => {
  const { status, range: sent, body } = await requested(range);
  expect([status, sent, body.length]).toEqual([200, null, size]);
});

test('a part behind the end is refused, with the length that there is', async () => {
  const { status, range, body } = await requested(`bytes=${size}-`);
  expect([status, range]).toEqual([416, `bytes */${size}`]);
  expect(new TextDecoder().decode(body)).toBe(`expected a part of ${size} bytes, found one from ${size}\n`);
});

test('HEAD says what would be sent', async () => {
  const { status, range, length, body } = await requested('bytes=2-5', 'HEAD');
  expect([status, range, length, body.length]).toEqual([206, `bytes 2-5/${size}`, 4, 0]);
});
