import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { RunDirectoryError, RunLockedError } from '../errors.ts';
import { acquireLock, isLocked } from './lock.ts';

/** Things in the place of a run's lock, with the reason for which they are not read. */
const intruders: [string, (path: string) => void, RegExp][] = [
  ['a folder', (path) => mkdirSync(path), /it is a folder/],
  ['a named pipe', (path) => execFileSync('mkfifo', [path]), /it is a named pipe/],
  ['a link to itself', (path) => symlinkSync('run.lock', path), /\(ELOOP\)/],
  ['a link to a device', (path) => symlinkSync('/dev/zero', path), /it is a device/],
  [
    '3 GB',
    (path) => {
      writeFileSync(path, '');
      truncateSync(path, 3 * 2 ** 30);
    },
    /it has 3221225472 bytes, and the limit is 65536/,
  ],
];

describe.runIf(process.platform !== 'win32')('in the place of a lock', () => {
  test.each(intruders)('%s is refused in a sentence', (_, make, reason) => {
    const directory = temporaryFolder();
    make(join(directory, 'run.lock'));
    for (const look of [() => isLocked(directory), () => acquireLock(directory)]) {
      expect(look).toThrow(RunDirectoryError);
      expect(look).toThrow(reason);
      expect(look).toThrow(/run\.lock: expected the lock of a run, but .*; delete it if you know/);
    }
  });
});

describe('a lock that is incomplete, as a full disk left it to versions that filled it last,', () => {
  const lockOf = (content: string, secondsAgo: number): string => {
    const directory = temporaryFolder();
    const path = join(directory, 'run.lock');
    writeFileSync(path, content);
    const modified = Date.now() / 1000 - secondsAgo;
    utimesSync(path, modified, modified);
    return directory;
  };

  test.each([
    ['empty', ''],
    ['torn', '{"pid":12,"hostn'],
  ])('is respected for a minute, then taken over: %s', (_, content) => {
    const fresh = lockOf(content, 20);
    expect(isLocked(fresh)).toBe(true);
    expect(() => acquireLock(fresh)).toThrow(RunLockedError);
    expect(() => acquireLock(fresh)).toThrow(
      /expected no other writer, but .*run\.lock is incomplete, .*; try again in a minute: a lock that is still incomplete/,
    );
    expect(readdirSync(fresh)).toEqual(['run.lock']);

    const old = lockOf(content, 90);
    expect(isLocked(old)).toBe(false);
    const release = acquireLock(old);
    expect(readdirSync(old)).toEqual(['run.lock']);
    expect(JSON.parse(readFileSync(join(old, 'run.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    release();
    expect(readdirSync(old)).toEqual([]);
  });

  test('one that is whole, of a form that is not known, is respected however old it is', () => {
    const directory = lockOf('{"process":12}', 1e6);
    expect(isLocked(directory)).toBe(true);
    expect(() => acquireLock(directory)).toThrow('but a process is writing; wait for it to end, or delete');
  });
});
