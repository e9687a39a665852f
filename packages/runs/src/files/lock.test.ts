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
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { RunDirectoryError, RunLockedError } from '../errors.ts';
import { acquireLock, isLocked, requireLockable } from './lock.ts';

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
    for (const look of [isLocked, acquireLock, requireLockable].map((one) => () => one(directory))) {
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
    expect(() => requireLockable(fresh)).toThrow(RunLockedError);
    expect(() => acquireLock(fresh)).toThrow(
      /expected no other writer, but .*run\.lock is incomplete, .*; try again in a minute: a lock that is still incomplete/,
    );
    expect(readdirSync(fresh)).toEqual(['run.lock']);

    const old = lockOf(content, 90);
    expect(isLocked(old)).toBe(false);
    requireLockable(old);
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

test.each([
  ['none', undefined, [false, false]],
  ['of a process that is gone', { pid: 2 ** 22, hostname: hostname() }, [false, false]],
  ['of a living process', { pid: process.ppid, hostname: hostname() }, [true, true]],
  ['of another machine', { pid: 1, hostname: 'elsewhere' }, [true, false]],
] as const)(
  'a lock that is looked at is refused when it could not be taken, and stays as it is: %s',
  (_, holder, expected) => {
    const directory = temporaryFolder();
    const text = holder && JSON.stringify({ ...holder, since: '2001-01-01T00:00:00Z' });
    if (text !== undefined) writeFileSync(join(directory, 'run.lock'), text);
    const isRefused = (takeOver: boolean): boolean => {
      try {
        requireLockable(directory, takeOver);
        return false;
      } catch (error) {
        if (error instanceof RunLockedError) return true;
        throw error;
      }
    };
    expect([isRefused(false), isRefused(true)]).toEqual(expected);
    expect(readdirSync(directory)).toEqual(text === undefined ? [] : ['run.lock']);
    if (text !== undefined) expect(readFileSync(join(directory, 'run.lock'), 'utf8')).toBe(text);
  },
);
