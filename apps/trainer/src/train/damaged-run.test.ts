import { execFileSync } from 'node:child_process';
import { chmod, cp, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, runCli } from '../command/testing.ts';

/** Twelve steps in three epochs of drawn images, a checkpoint after each second. */
const start = (run: string): string[] => [
  ...['train', '--run-dir', run, '--dataset', 'shapes', '--limit-train', '50', '--limit-test', '20'],
  ...['--set', 'model.filters=[2,2]', '--set', 'model.units=[4]', '--batch-size', '10', '--epochs', '3'],
  ...['--checkpoint-every', '2', '--backend', 'cpu', '--json'],
];

let folder: string;

beforeAll(async () => {
  folder = temporaryFolder();
  const signal = { name: 'SIGINT', afterLine: 9, delayMs: 0 } as const;
  expect((await runCli(start('stopped'), { cwd: folder, signal })).code).toBe(130);
  expect((await readdir(join(folder, 'stopped', 'checkpoints'))).sort()).toEqual(['best', 'last']);
});

describe('--resume of a run that was changed is refused before an image is read:', () => {
  test.each<[string, string, (text: string) => string, RegExp]>([
    [
      'the seed',
      'run.json',
      (text) => text.replace('"seed": 0', '"seed": 1'),
      /run\.json: expected the content that was written .*: config\.seed is 1 instead of 0; restore the file/,
    ],
    [
      'the number of workers',
      'run.json',
      (text) => text.replace('"workers": 1', '"workers": 2'),
      /run\.json: expected .*: backend\.workers is 2 instead of 1; restore the file/,
    ],
    [
      'the memory of a callback',
      'checkpoints/last/state.json',
      (text) => text.replace(/("best_checkpoint":)\d/, '$19'),
      /checkpoints\/last\/state\.json: expected SHA-256 .*, found .*: the checkpoint is damaged; use the/,
    ],
    [
      'weights of the best checkpoint',
      'checkpoints/best/weights.bin',
      (text) => `${text} `,
      /checkpoints\/best\/weights\.bin: expected SHA-256 .*, found .*: the checkpoint is damaged; use the/,
    ],
  ])('%s', async (_, file, change, message) => {
    const run = join(folder, 'changed');
    await rm(run, { recursive: true, force: true });
    await cp(join(folder, 'stopped'), run, { recursive: true });
    const before = await readFile(join(run, file), 'latin1');
    const after = change(before);
    expect(after).not.toBe(before);
    await writeFile(join(run, file), after, 'latin1');
    const { code, stdout, stderr } = await callCli(['train', '--resume', 'changed', '--json'], {
      cwd: folder,
    });
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').filter((line) => line !== '')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await readdir(run)).not.toContain('run.lock');
  });
});

describe.skipIf(process.platform === 'win32')(
  'checkpoints that cannot be read are refused in a sentence:',
  () => {
    const replaced = (name: string, make: (path: string) => unknown) => async (run: string) => {
      await rm(join(run, name), { recursive: true });
      await make(join(run, name));
    };
    const loop = (path: string) => symlink(basename(path), path);
    const pipe = (path: string) => execFileSync('mkfifo', [path]);
    const closed = (name: string) => (run: string) => chmod(join(run, name), 0);
    const advice = 'check its name and permissions';
    const broken: readonly (readonly [string, (run: string) => unknown, string])[] = [
      ['checkpoints, a link to itself', replaced('checkpoints', loop), `(ELOOP); ${advice}`],
      [
        'checkpoints, a file',
        replaced('checkpoints', (path) => writeFile(path, '')),
        'it is a file; put the',
      ],
      ['checkpoints, a named pipe', replaced('checkpoints', pipe), 'it is a named pipe; put the folder back'],
      [
        'checkpoints, a link to nothing',
        replaced('checkpoints', (path) => symlink('nowhere', path)),
        'it is a symbolic link; put the folder back',
      ],
      ['the last one, a link to itself', replaced('checkpoints/last', loop), `(ELOOP); ${advice}`],
      ['a file of it, a link to itself', replaced('checkpoints/last/state.json', loop), `(ELOOP); ${advice}`],
      ['a file of it, a named pipe', replaced('checkpoints/last/weights.bin', pipe), 'it is a named pipe'],
      // To root, every file is readable.
      ...(process.getuid?.() === 0
        ? []
        : ['checkpoints', 'checkpoints/last', 'checkpoints/last/state.json'].map(
            (name) => [`${name}, closed`, closed(name), `(EACCES); ${advice}`] as const,
          )),
    ];
    const lines = [
      'train --resume changed --json',
      'predict changed nowhere.png',
      'evaluate changed --backend cpu --json',
      'export changed --format onnx --output changed.onnx',
    ];

    test.each(
      broken.flatMap(([what, damage, reason]) => lines.map((line) => ({ what, damage, reason, line }))),
    )('$what: $line', async ({ damage, reason, line }) => {
      const run = join(folder, 'changed');
      await rm(run, { recursive: true, force: true });
      await cp(join(folder, 'stopped'), run, { recursive: true });
      await damage(run);
      onTestFinished(async () => {
        for (const name of ['checkpoints', 'checkpoints/last'])
          await chmod(join(run, name), 0o755).catch(() => {});
      });
      const { code, stdout, stderr } = await callCli(line.split(' '), { cwd: folder });
      expect(stderr).toContain(reason);
      expect(stderr).toMatch(/^dropout-lab: changed\/checkpoints\S*: expected .*\n$/);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(await readdir(folder)).not.toContain('changed.onnx');
      expect(await readdir(run)).not.toContain('run.lock');
    });
  },
);

describe('a run that cannot be locked is refused before a backend starts:', () => {
  const lockOf = (pid: number, host = hostname()) =>
    JSON.stringify({ pid, hostname: host, since: '2001-01-01T00:00:00Z' });
  const isWritten = (path: string, content: string) => writeFile(path, content);
  const locks: [string, (path: string) => unknown, RegExp][] = [
    [
      'another process writes it',
      (path) => isWritten(path, lockOf(process.ppid)),
      new RegExp(`expected no other writer, but process ${process.ppid} on .* has been writing since 2001-`),
    ],
    [
      'a process of another machine writes it',
      (path) => isWritten(path, lockOf(1, 'elsewhere')),
      /expected no other writer, but process 1 on elsewhere has been writing since 2001-.*; wait for it to end, or/,
    ],
    [
      'its lock has just been begun',
      (path) => isWritten(path, '{"pi'),
      /but .*run\.lock is incomplete, as if/,
    ],
    ['its lock is another file', (path) => isWritten(path, '[1]'), /but a process is writing; wait for it/],
    [
      'its lock is a folder',
      (path) => mkdir(path),
      /expected the lock of a run, but it is a folder; delete it/,
    ],
    [
      'its lock is a link to itself',
      (path) => symlink('run.lock', path),
      /the lock of a run, but .*\(ELOOP\); delete/,
    ],
    [
      'its lock is a device',
      (path) => symlink('/dev/zero', path),
      /the lock of a run, but it is a device; delete/,
    ],
  ];

  test.skipIf(process.platform === 'win32').each(
    locks.flatMap(([name, make, message]) => [
      { name, make, message, line: 'train --resume changed --json', from: 'stopped' },
      { name, make, message, line: start('changed').join(' '), from: undefined },
    ]),
  )('$name: $line', async ({ make, message, line, from }) => {
    const run = join(folder, 'changed');
    await rm(run, { recursive: true, force: true });
    if (from === undefined) await mkdir(run);
    else await cp(join(folder, from), run, { recursive: true });
    await make(join(run, 'run.lock'));
    const before = await readdir(run, { recursive: true });
    const { code, stdout, stderr } = await callCli(line.split(' '), { cwd: folder });
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').filter((one) => one !== '')).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(await readdir(run, { recursive: true })).toEqual(before);
  });
});

test('a run that was killed before its run.json is started again in the same folder', async () => {
  await mkdir(join(folder, 'begun', 'checkpoints'), { recursive: true });
  await writeFile(
    join(folder, 'begun', 'run.lock'),
    JSON.stringify({ pid: 2 ** 22, hostname: hostname(), since: '2001-01-01T00:00:00Z' }),
  );
  const { code, stderr } = await callCli(start('begun'), { cwd: folder });
  expect(code, stderr).toBe(0);
});
