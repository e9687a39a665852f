import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { writeByDigest } from './write-by-digest.ts';

// FIPS 180-2, appendix B.
const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';

const abc = async function* (): AsyncGenerator<Uint8Array> {
  yield Buffer.from('a');
  yield Buffer.from('bc');
};

test('a file has the digest of its content as its name, also when it is written again', async () => {
  const folder = temporaryFolder();
  for (let time = 0; time < 2; time++) expect(await writeByDigest(folder, abc(), '.bin')).toBe(ABC);
  expect(readdirSync(folder)).toEqual([`${ABC}.bin`]);
  expect(readFileSync(join(folder, `${ABC}.bin`), 'utf8')).toBe('abc');
});

test('several writers of the same content do not disturb each other', async () => {
  const folder = temporaryFolder();
  await Promise.all(Array.from({ length: 8 }, () => writeByDigest(folder, abc(), '')));
  expect(readdirSync(folder)).toEqual([ABC]);
});

test('what a killed process left is removed, that of a living one stays', async () => {
  const folder = temporaryFolder();
  const { pid } = spawnSync(process.execPath, ['--version']);
  for (const number of [pid, process.pid]) writeFileSync(join(folder, `unfinished-${number}-a.bin`), 'half');
  await writeByDigest(folder, abc(), '');
  expect(readdirSync(folder)).toEqual([ABC, `unfinished-${process.pid}-a.bin`]);
});

test('parts that fail, and a place that is taken, leave nothing', async () => {
  const folder = temporaryFolder();
  const failing = async function* (): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a');
    throw new Error('no more parts');
  };
  await expect(writeByDigest(folder, failing(), '')).rejects.toThrow('no more parts');
  expect(readdirSync(folder)).toEqual([]);
  mkdirSync(join(folder, ABC));
  await expect(writeByDigest(folder, abc(), '')).rejects.toMatchObject({ syscall: 'rename' });
  expect(readdirSync(folder)).toEqual([ABC]);
});
