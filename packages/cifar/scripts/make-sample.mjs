/**
 * Writes the sample that ships with the package: the first images of each class in the first training file and
 * in the test file of CIFAR-10, in their order there, as base64 of the official records.
 *
 *     npm run build && node scripts/make-sample.mjs && npx biome check --write src/sample-data
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CIFAR10 } from '../dist/index.js';
import { fetchCifar } from '../dist/node.js';

const RECORD_BYTES = 3073;

const sample = [
  { name: 'TRAIN_RECORDS', file: 'data_batch_1.bin', perClass: 25, to: 'train.ts' },
  { name: 'TEST_RECORDS', file: 'test_batch.bin', perClass: 10, to: 'test.ts' },
];

const firstOfEachClass = (bytes, perClass) => {
  const taken = new Map();
  const records = [];
  for (let at = 0; at < bytes.length; at += RECORD_BYTES) {
    const count = taken.get(bytes[at]) ?? 0;
    if (count === perClass) continue;
    taken.set(bytes[at], count + 1);
    records.push(bytes.subarray(at, at + RECORD_BYTES));
  }
  return Buffer.concat(records);
};

const { directory } = await fetchCifar(CIFAR10);
for (const { name, file, perClass, to } of sample) {
  const records = firstOfEachClass(await readFile(join(directory, file)), perClass);
  const source = `/** The first ${perClass} images of each class in ${file}; written by scripts/make-sample.mjs. */
export const ${name}: string =
  '${records.toString('base64')}';
`;
  await writeFile(new URL(`../src/sample-data/${to}`, import.meta.url), source);
}
