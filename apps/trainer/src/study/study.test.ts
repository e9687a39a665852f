import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openRunDirectory } from '@dropout-lab/runs/node';
import { planRuns } from '@dropout-lab/study';
import { loadStudy, runPath } from '@dropout-lab/study/node';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { createProgram } from '../command/program.ts';
import { callCli, checkpointDigests, runCli, smallRun, startCli } from '../command/testing.ts';

let folder: string;
beforeAll(async () => {
  folder = temporaryFolder();
});

const study = {
  name: 'small',
  title: 'A small study',
  config: { ...smallRun, callbacks: [] },
  arms: {
    dropout: { title: 'dropout' },
    'no-dropout': { title: 'no dropout', changes: { model: { dropout: { rate: 0 } } } },
    wild: { title: 'wild', changes: { optimizer: { name: 'sgd', learningRate: 1e30 } } },
  },
  comparisons: [{ title: 'Dropout and no dropout', arms: ['dropout', 'no-dropout'] }],
};

const writeStudy = async (name: string, content: unknown): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

const dropoutLab = (...args: string[]) => runCli(args, { cwd: folder });
/** The same in this process, of a command that starts no other. */
const here = (...args: string[]) => callCli(args, { cwd: folder });

interface StatusRow {
  readonly arm: string;
  readonly seed: number;
  readonly state: string;
  readonly epoch: number;
  readonly test_accuracy: number | null;
  readonly path: string;
}

const statusOf = async (name: string, ...options: string[]): Promise<StatusRow[]> =>
  JSON.parse((await here('study', 'status', name, '--json', ...options)).stdout) as StatusRow[];

describe('study run', () => {
  test('shows the plan, trains every arm, and never trains one again', async () => {
    const file = await writeStudy('small.json', study);
    const first = await dropoutLab('study', 'run', file, '--backend', 'wasm', '--jobs', '2');
    expect({ code: first.code, stdout: first.stdout }).toMatchObject({ code: 0 });
    expect(first.stdout).toMatch(/^Study small: A small study; 3 arms, seed 0\nBackend: wasm/);
    expect(first.stdout).toMatch(/^dropout +1 +0 +2 +[\d.]+s +\d+s$/m);
    expect(first.stdout).toMatch(/^3 of 3 runs to do: about \d+s, 2 at once/m);
    expect(first.stdout).toMatch(/^dropout, seed 0: val_loss [\d.]+, val_accuracy [\d.]+, test accuracy/m);
    // A run that diverges is a result: it would do so again.
    expect(first.stdout).toContain('wild, seed 0: diverged in epoch 1: its loss is no longer a number');
    expect(first.stdout).toContain('All 3 runs are finished.');

    const runs = await statusOf(file);
    expect(runs.map(({ arm, state, epoch }) => [arm, state, epoch])).toEqual([
      ['dropout', 'finished', 2],
      ['no-dropout', 'finished', 2],
      ['wild', 'diverged', 0],
    ]);
    const { manifest } = await openRunDirectory(join(folder, runs[0]!.path));
    expect(manifest.command).toEqual(['study', 'run', file, '--backend', 'wasm', '--jobs', '2']);

    const before = await checkpointDigests(join(folder, runs[0]!.path));
    const again = await dropoutLab('study', 'run', file);
    expect(again.stdout.split('\n')).toHaveLength(2);
    expect(again.stdout).toContain('All 3 runs are finished.');
    expect(await checkpointDigests(join(folder, runs[0]!.path))).toEqual(before);
  }, 120_000);

  test('a study stopped by Ctrl-C, or killed, goes on, to the numbers of one that was not', async () => {
    const file = await writeStudy('stopped.json', {
      name: 'stopped',
      title: 'A study that is stopped',
      // One long epoch, on one thread: a process that noticed nothing within it would finish it.
      config: { ...study.config, epochs: 1, limitTrain: 6000, checkpointEverySteps: 10 },
      arms: { dropout: { title: 'dropout' } },
    });
    const [planned] = planRuns((await loadStudy(file, { store: folder })).study);
    const argsIn = (store: string) =>
      ['study', 'run', file, '--backend', 'wasm', '--workers', '1', '--store', store] as const;
    const store = join(folder, 'stopped');
    const path = runPath(store, planned!.config);
    const isThere = (name: string) => () => existsSync(join(path, name));
    const waiting = { timeout: 60_000 };

    const killed = startCli(argsIn(store), folder);
    await expect.poll(isThere('checkpoints/last'), waiting).toBe(true);
    killed.child.kill('SIGKILL');
    // The run's own process notices, and gives the run up with a checkpoint.
    await expect.poll(isThere('run.lock'), waiting).toBe(false);

    const stopped = startCli(argsIn(store), folder);
    await expect.poll(isThere('run.lock'), waiting).toBe(true);
    stopped.child.kill('SIGINT');
    expect(await stopped.ended).toBe(130);
    expect(stopped.lines).toContainEqual('dropout, seed 0: resumed after epoch 0');
    expect(stopped.lines.at(-1)).toMatch(/^0 of 1 runs are finished\. Resume with: dropout-lab study run /);
    expect((await dropoutLab(...argsIn(store))).code).toBe(0);

    const undisturbed = join(folder, 'undisturbed');
    expect((await dropoutLab(...argsIn(undisturbed))).code).toBe(0);
    expect(await checkpointDigests(path)).toEqual(
      await checkpointDigests(runPath(undisturbed, planned!.config)),
    );
  }, 240_000);

  test('a TypeScript file, and seeds that are remembered', async () => {
    const file = await writeStudy(
      'typed.ts',
      `import { defineStudy, type StudyInput } from '@dropout-lab/study';
       const config: StudyInput['config'] = ${JSON.stringify({ ...study.config, epochs: 1, limitTrain: 200 })};
       export default defineStudy({ name: 'typed', title: 'Typed', config, arms: { dropout: { title: 'dropout' } } });`,
    );
    const { code, stdout } = await dropoutLab('study', 'run', file, '--seeds', '4,2', '--backend', 'wasm');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('1 arms, 2 seeds') });
    expect((await statusOf(file)).map(({ seed, state }) => [seed, state])).toEqual([
      [4, 'finished'],
      [2, 'finished'],
    ]);
    // By its name too, once it was run in this store.
    expect((await statusOf('typed')).map(({ seed }) => seed)).toEqual([4, 2]);
  }, 120_000);

  test('one that fails does not stop the others', async () => {
    const { wild: _, ...arms } = study.arms;
    const file = await writeStudy('failing.json', {
      ...study,
      name: 'failing',
      config: { ...study.config, epochs: 1, limitTrain: 200 },
      arms,
    });
    const store = join(folder, 'failing');
    const [first] = planRuns((await loadStudy(file, { store })).study);
    // A file is where the first arm's run is to be.
    await mkdir(store);
    await writeFile(runPath(store, first!.config), '');
    const { code, stdout } = await dropoutLab('study', 'run', file, '--store', store, '--backend', 'wasm');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^dropout, seed 0: failed: .*expected no such folder yet, but it exists/m);
    expect(stdout).toMatch(/^no-dropout, seed 0: val_loss/m);
    expect(stdout).toContain('1 of 2 runs are finished.');
  }, 120_000);

  test('a run that was stopped before its first checkpoint is said to start again', async () => {
    const store = join(folder, 'failing');
    const [first, second] = planRuns((await loadStudy('failing', { store })).study);
    await rm(runPath(store, first!.config));
    const path = runPath(store, second!.config);
    await Promise.all(
      ['checkpoints', 'evaluation.json', 'predictions.json'].map((name) =>
        rm(join(path, name), { recursive: true, force: true }),
      ),
    );
    // Its events until there: that it started, and a step.
    const events = await readFile(join(path, 'events.jsonl'), 'utf8');
    await writeFile(join(path, 'events.jsonl'), events.split('\n').slice(0, 2).join('\n').concat('\n'));
    const file = join(folder, 'failing.json');
    const states = (await statusOf(file, '--store', store)).map(({ state }) => state);
    expect(states).toEqual(['missing', 'stopped']);
    const { code, stdout } = await dropoutLab('study', 'run', file, '--store', store, '--backend', 'wasm');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    expect(stdout).toMatch(/^dropout, seed 0: started$/m);
    expect(stdout).toMatch(
      /^no-dropout, seed 0: started again, since it was stopped before its first checkpoint$/m,
    );
    expect(stdout).toContain('All 2 runs are finished.');
  }, 120_000);
});

describe('report', () => {
  test('writes the page, the Markdown and the data, and says what it does without', async () => {
    const { code, stdout } = await here('report', 'small', '--output', 'report', '--backend', 'wasm');
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `Not in the report: wild, seed 0 (diverged)\nReport of 2 runs: ${join('report', 'index.html')}`,
    });
    const read = (name: string) => readFile(join(folder, 'report', name), 'utf8');
    const html = await read('index.html');
    // Nothing from elsewhere, and no script.
    expect(html).not.toMatch(/<script|<link|src="http|url\(http/);
    expect(html.match(/<svg/g)!.length).toBeGreaterThanOrEqual(2 + 2 + 2 + 2 + 2);
    expect(html).toContain('wild, seed 0: diverged: its loss became NaN');
    const markdown = await read('README.md');
    const pictures = [...markdown.matchAll(/(?:src|srcset)="([^"]+)"/g)].map(([, path]) => path!);
    expect(pictures).toContainEqual(
      expect.stringMatching(/^charts\/[\da-f]{12}\/mistakes-dropout-light\.svg$/),
    );
    for (const path of pictures) expect(await read(path)).toMatch(/^<svg/);
    const rows = (await read('curves.csv')).trim().split('\r\n');
    expect(rows[0]).toBe('arm,seed,epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds');
    expect(rows).toHaveLength(1 + 2 * 2);
    const { arms } = JSON.parse(await read('report.json')) as {
      arms: { metrics: { test_accuracy: { mean: number } } }[];
    };
    const [finished] = await statusOf('small');
    expect(arms[0]!.metrics.test_accuracy.mean).toBe(finished!.test_accuracy);
  });
});

test('lines that the events of a run have lost are named by study status and by the report', async () => {
  const rows: object[] = await statusOf('small');
  expect(rows.map((row) => ('gaps' in row ? row.gaps : 'none said'))).toEqual([null, null, null]);
  const [finished] = await statusOf('small');
  const file = join(folder, finished!.path, 'events.jsonl');
  const events = await readFile(file, 'utf8');
  const lines = events.split('\n').filter((line) => !line.startsWith('{"kind":"epoch"'));
  await writeFile(file, lines.join('\n'));
  const sentence =
    'dropout, seed 0: events.jsonl lacks epochs 1 to 2: what is said of epochs is of the others';
  expect((await here('study', 'status', 'small')).stdout).toContain(sentence);
  const { code, stdout } = await here('report', 'small', '--output', 'lost', '--backend', 'wasm');
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining(sentence) });
  expect(await readFile(join(folder, 'lost', 'README.md'), 'utf8')).toContain(sentence);
  await writeFile(file, events);
});

describe('sweep', () => {
  test('tries each value, ranks them by validation, and can be reported by its name', async () => {
    const config = await writeStudy('sweep.json', { ...study.config, epochs: 1 });
    const args = ['sweep', '--dropout', '0:0.4:0.4', '--config', config, '--limit-train', '200'];
    const { code, stdout } = await dropoutLab(...args, '--jobs', '2', '--backend', 'wasm');
    expect({ code, stdout }).toMatchObject({ code: 0 });
    const ranking = stdout
      .slice(stdout.indexOf('arm ', stdout.indexOf('All 2 runs')))
      .split('\n')
      .slice(1);
    expect(ranking.map((line) => line.slice(0, 11)).sort()).toEqual(['dropout 0  ', 'dropout 0.4']);
    const accuracies = ranking.map((line) => Number(line.match(/0\.\d{4}/)![0]));
    expect(accuracies).toEqual([...accuracies].sort((a, b) => b - a));
    const report = await here('report', 'sweep-dropout', '--backend', 'wasm');
    expect(report).toMatchObject({ code: 0, stdout: expect.stringContaining('Report of 2 runs') });
    const charts = await readdir(join(folder, 'reports', 'sweep-dropout', 'charts'), { recursive: true });
    expect(charts.map((path) => basename(path))).toContain('all-accuracy-light.svg');
  }, 120_000);
});

describe('what cannot be is refused in one sentence, before anything is written', () => {
  test.each([
    ['study run nope', /^nope: expected a study file .* or one of tutorial, /],
    ['study run FOLDER/none.json', /none\.json: expected a file that can be read/],
    ['study run FOLDER/broken.json', /broken\.json: expected JSON: /],
    ['study run FOLDER/broken.ts', /broken\.ts: cannot be loaded: /],
    [
      'study run FOLDER/unknown.json',
      /unknown\.json: arm: expected one of the keys .*: did you mean "arms"\?$/,
    ],
    ['study run FOLDER/large.json', /large\.json: arms\.a: limitTrain: expected at most 50000 images/],
    ['study run tutorial --seeds 1,1', /^--seeds: expected each seed once, received 1 twice$/],
    ['study run tutorial --seeds x', /Expected a number of seeds, such as 6, or a list/],
    ['study run tutorial --queue localhost', /expected the address of a Redis server/],
    ['sweep --epochs 2', /^sweep: expected a setting with several values/],
    [
      'sweep --dropout 0:1',
      /^--dropout: expected a range from:to:step with a step above 0, .*, received 0:1$/,
    ],
    ['sweep --set optimizer.beta3=0.9,0.99', /did you mean "optimizer\.beta1"\?$/],
    [
      'sweep --set optimizer=adam,sgd',
      /^--set optimizer: expected the path of a single setting, .*: did you mean "optimizer\.name"\?$/,
    ],
    ['sweep --dropout 0:1:0.5', /^sweep: arms\.dropout-1\.changes: model\.dropout\.rate: expected/],
    ['sweep --dropout 0.1,0.1', /^sweep: dropout: expected each value once, received 0\.1 twice$/],
  ])('%s', async (line, message) => {
    await writeStudy('broken.json', '{');
    await writeStudy('broken.ts', 'export default {');
    await writeStudy('unknown.json', { name: 'a', title: 'a', arms: {}, arm: {} });
    const large = { title: 'a', changes: { limitTrain: 60_000 } };
    await writeStudy('large.json', { name: 'large', title: 'a', arms: { a: large } });
    // Commander writes its own message too.
    const quiet = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const store = join(folder, 'refused');
    const args = [...line.replace('FOLDER', folder).split(' '), '--store', store];
    await expect(createProgram(new AbortController().signal)(args)).rejects.toThrow(message);
    quiet.mockRestore();
    expect(await readdir(folder)).not.toContain('refused');
  });
});
