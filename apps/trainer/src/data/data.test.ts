import { createHash } from 'node:crypto';
import { mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { canonicalJson, parseRunConfig } from '@dropout-lab/contracts';
import { settingsOfImages } from '@dropout-lab/data';
import { imageFilePath } from '@dropout-lab/data/node';
import { expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { dataLoader } from './data.ts';

/** Black images, which take no room on most disks, in a file of the cache. */
const blackImages = async (cache: string, count: number) => {
  const described = {
    imageShape: [32, 32, 3] as const,
    classNames: ['a', 'b'],
    trainImages: count - 10,
    testImages: 10,
  };
  const text = Buffer.from(canonicalJson({ version: 1, ...described }));
  const start = Buffer.alloc(12);
  start.write('dlimages');
  start.writeUInt32LE(text.length, 8);
  const header = Buffer.concat([start, text]);
  const hash = createHash('sha256').update(header);
  const zeros = Buffer.alloc(2 ** 22);
  const bytes = count * (2 + 32 * 32 * 3);
  for (let left = bytes; left > 0; left -= zeros.length) hash.update(zeros.subarray(0, left));
  const unfinished = imageFilePath('unfinished', cache);
  await mkdir(dirname(unfinished), { recursive: true });
  const file = await open(unfinished, 'w');
  await file.write(header);
  await file.truncate(header.length + bytes);
  await file.close();
  const sha256 = hash.digest('hex');
  await rename(unfinished, imageFilePath(sha256, cache));
  return { kind: 'images', title: 'black', sha256, fit: 'cover', ...described } as const;
};

test('runs of a report or a sweep on images of more than a gigabyte leave them in their file, opened once', async () => {
  const cache = join(temporaryFolder(), 'cache');
  vi.stubEnv('DROPOUT_LAB_CACHE', cache);
  try {
    const images = await blackImages(cache, 360_000);
    const { size } = await stat(imageFilePath(images.sha256, cache));
    expect(size).toBeGreaterThan(2 ** 30);
    const [one, another] = [0, 1].map((seed) =>
      parseRunConfig({ ...settingsOfImages({ ...images, imageShape: [32, 32, 3] }, 0), seed }),
    ) as [ReturnType<typeof parseRunConfig>, ReturnType<typeof parseRunConfig>];
    const reporter = { line: () => {}, progress: () => {}, event: () => {} };
    const load = dataLoader([one, another], {}, reporter, new AbortController().signal);
    const before = process.memoryUsage().arrayBuffers;
    const data = await load(one);
    expect(await load(another)).toBe(data);
    expect('pixels' in data.train && 'pixels' in data.test).toBe(true);
    // A place and a class of each image, and what the file was read through: 360,000 times 6 bytes, and a few MB.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64e6);
  } finally {
    vi.unstubAllEnvs();
  }
}, 180_000);
