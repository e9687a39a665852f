import { execFileSync } from 'node:child_process';
import { mkdir, realpath, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { systemErrorSentence } from './node.ts';
import {
  type ReadOptions,
  RefusedFileError,
  type RegularFile,
  readRegularFile,
  readRegularFileSync,
} from './read-regular-file.ts';

type Read = (path: string, options: ReadOptions) => RegularFile | Promise<RegularFile>;

const ways: [string, Read][] = [
  ['readRegularFile', readRegularFile],
  ['readRegularFileSync', readRegularFileSync],
];

describe.each(ways)('%s', (_, read) => {
  const refusal = async (path: string, options: Partial<ReadOptions> = {}): Promise<unknown> => {
    try {
      return await read(path, { limit: 1000, ...options });
    } catch (error) {
      return error;
    }
  };

  test('reads a file, or a part of it', async () => {
    const file = join(temporaryFolder(), 'file');
    await writeFile(file, 'abcdef');
    const whole = await read(file, { limit: 6 });
    expect([whole.bytes.toString(), whole.stats.size]).toEqual(['abcdef', 6]);
    expect((await read(file, { limit: 6, offset: 4 })).bytes.toString()).toBe('ef');
    expect((await read(file, { limit: 6, offset: 9 })).bytes.toString()).toBe('');
    const part = await read(file, { limit: 6, offset: 1, length: 2 });
    expect([part.bytes.toString(), part.stats.size]).toEqual(['bc', 6]);
    expect((await read(file, { limit: 6, offset: 5, length: 2 })).bytes.toString()).toBe('f');
    expect((await read(file, { limit: 6, length: 0 })).bytes.toString()).toBe('');
  });

  test('follows a link, unless the file must lie in a folder', async () => {
    const root = await realpath(temporaryFolder());
    await mkdir(join(root, 'inside'));
    await writeFile(join(root, 'file'), 'abc');
    await symlink(join(root, 'file'), join(root, 'inside', 'link'));
    await symlink(root, join(root, 'inside', 'out'));
    await writeFile(join(root, 'inside', 'mine'), 'mine');
    const within = join(root, 'inside');
    expect((await read(join(within, 'link'), { limit: 9 })).bytes.toString()).toBe('abc');
    expect((await read(join(within, 'mine'), { limit: 9, within })).bytes.toString()).toBe('mine');
    expect(await refusal(join(within, 'link'), { within })).toMatchObject({ code: 'ELOOP' });
    expect(await refusal(join(within, 'out', 'file'), { within })).toEqual(
      new RefusedFileError(`it lies outside of ${within}`, 'put a copy of it there'),
    );
    expect(await refusal(join(within, '..', 'file'), { within })).toBeInstanceOf(RefusedFileError);
  });

  test.runIf(process.platform !== 'win32')('refuses what is no regular file, and does not wait', async () => {
    const folder = temporaryFolder();
    const paths = ['pipe', 'socket', 'loop'].map((name) => join(folder, name)) as [string, string, string];
    execFileSync('mkfifo', [paths[0]]);
    const server = createServer().listen(paths[1]);
    await symlink('loop', paths[2]);
    const refusals: [string, string][] = [
      [folder, 'it is a folder'],
      [paths[0], 'it is a named pipe'],
      ['/dev/zero', 'it is a device'],
      [paths[1], 'ENXIO'],
      [paths[2], 'ELOOP'],
      [join(folder, 'none'), 'ENOENT'],
    ];
    for (const [path, words] of refusals)
      expect(String(await refusal(path)), path).toMatch(new RegExp(`: ${words}`));
    server.close();
  });

  test('refuses a file that is too long, however little of it is stored', async () => {
    const file = join(temporaryFolder(), 'sparse');
    await writeFile(file, '');
    await truncate(file, 3 * 2 ** 30);
    const error = await refusal(file, { limit: 2 ** 20 });
    expect(systemErrorSentence(error, 'x', 'a configuration', 'use another')).toBe(
      'x: expected a configuration, but it has 3221225472 bytes, and the limit is 1048576; use another',
    );
    expect(systemErrorSentence(error, 'x', 'a configuration')).toBe(
      'x: expected a configuration, but it has 3221225472 bytes, and the limit is 1048576; put a shorter one in its place',
    );
    expect(await refusal(file, { limit: 2 ** 20, offset: 3 * 2 ** 30 - 1 })).toBeInstanceOf(RefusedFileError);
  });
});
