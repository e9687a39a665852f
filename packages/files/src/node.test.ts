import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { digestOfFile, isNotFound, isProcessAlive, systemErrorCode, systemErrorSentence } from './node.ts';
import { sha256 } from './sha256.ts';

test('the digest of a file longer than a chunk of its stream', async () => {
  const file = join(temporaryFolder(), 'file');
  const bytes = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
  await writeFile(file, bytes);
  expect(await digestOfFile(file, 'sha256')).toBe(await sha256(bytes));
  await writeFile(file, 'abc');
  // RFC 1321, appendix A.5.
  expect(await digestOfFile(file, 'md5')).toBe('900150983cd24fb0d6963f7d28e17f72');
});

test('a process is alive until it has ended', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  expect(isProcessAlive(child.pid!)).toBe(true);
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  expect(isProcessAlive(child.pid!)).toBe(false);
});

test.runIf(process.platform === 'linux')('a process of another user is alive too', () =>
  expect(isProcessAlive(1)).toBe(true),
);

test('a refusal of the file system is a sentence in its own words', async () => {
  const file = join(temporaryFolder(), 'file');
  await writeFile(file, '');
  const sentenceOf = (error: unknown) => systemErrorSentence(error, 'here', 'to go on', 'try again');
  expect(sentenceOf(await readFile(`${file}.none`).catch((error) => error))).toBe(
    'here: expected to go on, but the system says "no such file or directory" (ENOENT); try again',
  );
  expect(sentenceOf(await mkdir(file).catch((error) => error))).toBe(
    'here: expected to go on, but the system says "file already exists" (EEXIST); try again',
  );
  expect(sentenceOf(new TypeError('no path'))).toBe(
    'here: expected to go on, but TypeError: no path; try again',
  );
});

test('only system errors have a code of the system', async () => {
  const missing = await readFile('no/such/file').catch((error) => error);
  const invalid = await readFile(Number.NaN as unknown as string).catch((error) => error);
  expect(invalid.code).toBe('ERR_INVALID_ARG_TYPE');
  expect([missing, invalid, new Error(''), null, 'ENOENT'].map(systemErrorCode)).toEqual([
    'ENOENT',
    ...[undefined, undefined, undefined, undefined],
  ]);
});

test('a file that is not there, or lies below a file, is not found; one that cannot be read is', async () => {
  const folder = temporaryFolder();
  await writeFile(join(folder, 'file'), '');
  const errors = ['none', join('file', 'below'), '.'].map((name) =>
    readFile(join(folder, name)).catch((error) => error),
  );
  expect((await Promise.all(errors)).map(isNotFound)).toEqual([true, true, false]);
});
