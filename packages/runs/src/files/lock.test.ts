import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { RunDirectoryError } from '../errors.ts';
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
