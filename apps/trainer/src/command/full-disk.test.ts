import { execFile } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, runCli, smallRun, writeSmallRun } from './testing.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** Runs the command with a limit for the size of a file, in half kilobytes: the system refuses the rest, as on a full disk. */
const onFullDisk = (
  blocks: number,
  args: readonly string[],
  cwd: string,
): Promise<{ code: number; stderr: string }> =>
  new Promise((done) => {
    const line = ['-c', `ulimit -f ${blocks} && exec "$@"`, 'sh', process.execPath, cli, ...args];
    execFile('sh', line, { cwd }, (error, _, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), stderr }),
    );
  });

/** The files and folders that commands write, by each way to write them; the largest file that there is room for; the commands. */
const writers: [string, number, readonly string[]][] = [
  ['site', 16, ['view', 'runs', '--export', 'site']],
  ['report', 2, ['report', 'study.json', '--store', 'runs', '--output', 'report']],
  ['x.weights.h5', 16, ['export', 'runs/one', '--output', 'x.weights.h5']],
  ['web', 16, ['export', 'runs/one', '--format', 'web', '--output', 'web']],
  ['imported', 16, ['import', 'there.safetensors', '--run-dir', 'imported']],
];

describe.skipIf(process.platform === 'win32')('a file that the disk has no room for', () => {
  let folder: string;
  beforeAll(async () => {
    folder = temporaryFolder();
    const config = await writeSmallRun(folder, { epochs: 1, limitTrain: 200 });
    const train = ['train', '--config', config, '--backend', 'wasm', '--workers', '1'];
    expect((await runCli([...train, '--run-dir', 'runs/one'], { cwd: folder })).code).toBe(0);
    const written = await callCli(['export', 'runs/one', '--output', 'there.safetensors'], { cwd: folder });
    expect(written.code).toBe(0);
    const arms = { one: { title: 'one' } };
    await writeFile(
      join(folder, 'study.json'),
      JSON.stringify({ name: 'study', title: 'A study', config: smallRun, arms }),
    );
  });

  test.concurrent.each(writers)(
    '%s: one sentence, exit code 1, and nothing is left',
    async (name, blocks, args) => {
      const { code, stderr } = await onFullDisk(blocks, args, folder);
      expect(stderr).toMatch(
        /^dropout-lab: .*: expected to write .*, but the system says "file too large" \(EFBIG\); [^\n]*\n$/,
      );
      expect(code).toBe(1);
      expect(await readdir(folder)).not.toContainEqual(expect.stringContaining(name));
    },
  );
});
