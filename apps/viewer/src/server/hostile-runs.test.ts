import { execFileSync } from 'node:child_process';
import { access, chmod, mkdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { type Catalogue, isCorrupt, type RunDigest, type RunOverview } from '../shared/runs/catalogue.ts';
import { createEndedRun } from '../testing/runs.ts';
import { exportViewer } from './export-viewer.ts';
import { startViewer, type Viewer } from './start-viewer.ts';

const sparse = async (path: string, size: number): Promise<void> => {
  await writeFile(path, '');
  await truncate(path, size);
};

/** Things in the place of a run's file, with the reason for which they are not read. */
const intruders: [string, (path: string) => unknown, RegExp][] = [
  ['a folder', (path) => mkdir(path), /it is a folder/],
  ['a named pipe', (path) => execFileSync('mkfifo', [path]), /it is a named pipe/],
  [
    'a link to itself',
    (path) => symlink('x', join(dirname(path), 'x')).then(() => symlink('x', path)),
    /ELOOP/,
  ],
  ['a link to a device', (path) => symlink('/dev/zero', path), /ELOOP|it is a device/],
  ['3 GB', (path) => sparse(path, 3 * 2 ** 30), /it has 3221225472 bytes, and the limit is \d+/],
];

/** The files without which nothing can be said of a run. */
const needed = ['run.json', 'run.lock', 'events.jsonl'];
/** Those that are there or not. */
const others = [
  'evaluation.json',
  'predictions.json',
  'history.csv',
  'checkpoints/best/weights.bin',
  'checkpoints/best/model.json',
  'checkpoints',
];

describe.runIf(process.platform !== 'win32')('a run of another shape than runs have', () => {
  const folder = temporaryFolder();
  const root = join(folder, 'runs');
  const nameOf = (what: string, file: string): string => `${what} ${file}`.replaceAll('/', ' ');
  let viewer: Viewer;
  let catalogue: Catalogue;

  const get = (path: string): Promise<Response> => fetch(`${viewer.url}runs/${encodeURI(path)}`);
  const runOf = (name: string) => catalogue.runs.find((run) => run.name === name);

  beforeAll(async () => {
    await createEndedRun(root, 'good');
    for (const file of [...needed, ...others]) {
      for (const [what, make] of intruders) {
        const name = nameOf(what, file);
        await createEndedRun(root, name);
        const path = join(root, name, file);
        await rm(path, { force: true, recursive: true });
        await mkdir(dirname(path), { recursive: true });
        await make(path);
      }
    }
    await createEndedRun(root, 'longest log');
    await sparse(join(root, 'longest log', 'events.jsonl'), 512 * 2 ** 20);
    await createEndedRun(root, 'nonsense');
    await writeFile(join(root, 'nonsense', 'events.jsonl'), '{"nonsense":1}\n'.repeat(40_000));
    await createEndedRun(root, 'other kinds');
    const log = await readFile(join(root, 'good', 'events.jsonl'), 'utf8');
    await writeFile(
      join(root, 'other kinds', 'events.jsonl'),
      `${log.replace('\n', `\n${'{"kind":"of a later version"}\n'.repeat(40_000)}`)}`,
    );
    viewer = await startViewer({ runsFolder: root, port: 0, dataFolder: join(folder, 'none') });
    catalogue = (await (await get('catalogue.json')).json()) as Catalogue;
  });

  afterAll(() => viewer?.close());

  const cases = (files: readonly string[]) =>
    files.flatMap((file) => intruders.map(([what, , reason]) => [file, what, reason] as const));

  test.each(cases(needed))('%s that is %s makes that run corrupt, with a sentence', (file, what, reason) => {
    const run = runOf(nameOf(what, file));
    if (!run || !isCorrupt(run)) throw new Error('expected a corrupt run');
    expect(run.error).toMatch(reason);
    expect(run.error).toMatch(new RegExp(`^${file}: expected .*(, but the system says|, but it (is|has))`));
    expect(run.error).not.toContain(folder);
  });

  test.each(cases(others))('%s that is %s is not there', async (file, what) => {
    const name = nameOf(what, file);
    const run = runOf(name) as RunOverview;
    expect(run.status).toBe('completed');
    expect(run.run).toMatchObject({ checkpoints: [], hasEvaluation: false, hasPredictions: false });
    expect((await get(`${name}/${file}`)).status).toBe(404);
    expect((await get(`${name}/run.json`)).status).toBe(200);
  });

  test('the longest log that is read has no event, where none is in it', () => {
    expect(runOf('longest log')).toMatchObject({ epochs: 0, status: 'stopped' });
  });

  test('a log of lines that are no events is given up', () => {
    expect(runOf('nonsense')).toMatchObject({
      error: expect.stringMatching(/^events\.jsonl: expected at most/),
    });
  });

  test('one of events of later versions is not', () => {
    expect(runOf('other kinds')).toMatchObject({ epochs: 3, status: 'completed' });
  });

  // To root, every file is readable.
  test.skipIf(process.getuid?.() === 0)(
    'a file that this user may not read fails its run alone',
    async () => {
      const theirs = join(folder, 'theirs');
      await createEndedRun(theirs, 'good');
      for (const file of needed) {
        await createEndedRun(theirs, file);
        await writeFile(join(theirs, file, file), '{}');
        await chmod(join(theirs, file, file), 0);
      }
      const second = await startViewer({ runsFolder: theirs, port: 0, dataFolder: join(folder, 'none') });
      const { runs } = (await (await fetch(`${second.url}runs/catalogue.json`)).json()) as Catalogue;
      await second.close();
      expect(Object.fromEntries(runs.map((run) => [run.name, isCorrupt(run) && run.error]))).toEqual({
        good: false,
        ...Object.fromEntries(
          needed.map((file) => [file, expect.stringMatching(new RegExp(`^${file}: .*permission denied`))]),
        ),
      });
    },
  );

  test('the others are answered', async () => {
    expect(runOf('good')).toMatchObject({ status: 'completed', epochs: 3 });
    const digest = (await (await get('good/digest.json')).json()) as RunDigest;
    expect(digest.events).toHaveLength(5);
  });

  test('all can be exported', async () => {
    const output = join(folder, 'site');
    expect(await exportViewer({ runsFolder: root, output, dataFolder: join(folder, 'none') })).toBe(
      catalogue.runs.length,
    );
    await access(join(output, 'runs', 'good', 'digest.json'));
    await expect(access(join(output, 'runs', nameOf('a folder', 'run.lock')))).rejects.toThrow('ENOENT');
  });
});
