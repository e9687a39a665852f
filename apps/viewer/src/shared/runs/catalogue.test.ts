import { readFile } from 'node:fs/promises';
import { RUN_SCHEMA_VERSION, type RunConfigInput } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { createDigest, epochEvent, manifestOf, started, stepEvent, wholeRun } from '../../testing/runs.ts';
import {
  type Catalogue,
  digestSchema,
  isCorrupt,
  type LiveMessage,
  liveMessageSchema,
  MOST_ACCURACIES,
  parseCatalogue,
  RUNS_AT_ONCE,
  type RunDigest,
  type RunOverview,
  withEvents,
  withMessage,
  withMessageIn,
} from './catalogue.ts';
import { catalogueToJson, summaryOf } from './summary.ts';

const digest = (name: string, changes: Partial<RunDigest> = {}): RunDigest => ({
  ...createDigest(name, {}, []),
  ...changes,
});

const run = (name: string): RunOverview => summaryOf(digest(name));

const catalogue: Catalogue = { live: true, place: 'runs', images: [], runs: [run('a'), run('c')] };

/** Returns a run as the other side reads it. */
const received = async (sent: RunDigest): Promise<RunOverview> => {
  const text = catalogueToJson({ live: true, place: 'runs', images: [], runs: [sent] });
  const { runs } = await parseCatalogue(JSON.parse(text), 'catalogue.json');
  const [overview] = runs;
  if (!overview || isCorrupt(overview)) throw new Error('expected an overview');
  return overview;
};

test('of steps, only the last since an epoch is kept', () => {
  const kept = withEvents([started, stepEvent(1, 1)], [stepEvent(1, 2), epochEvent(1), stepEvent(2, 1)]);
  expect(kept).toEqual([started, epochEvent(1), stepEvent(2, 1)]);
  expect(withEvents(kept, [stepEvent(2, 2), { kind: 'validating', time: 0, epoch: 2 }])).toEqual([
    started,
    epochEvent(1),
    stepEvent(2, 2),
  ]);
});

test('messages change the catalogue', () => {
  const added = withMessage(catalogue, { kind: 'run', run: run('b') });
  expect(added.runs.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  const replaced = withMessage(added, { kind: 'run', run: { name: 'b', error: 'damaged' } });
  expect(replaced.runs[1]).toEqual({ name: 'b', error: 'damaged' });
  const more = summaryOf(digest('a', { revision: 2, events: [epochEvent(1)] }));
  const grown = withMessage(replaced, { kind: 'events', run: more, events: [epochEvent(1)] });
  expect(grown.runs[0]).toBe(more);
  expect(withMessage(grown, { kind: 'gone', name: 'a' }).runs.map(({ name }) => name)).toEqual(['b', 'c']);
  expect(withMessage(grown, { kind: 'catalogue', catalogue })).toBe(catalogue);
});

test('events are added to the run that they follow on, and to no other', async () => {
  const opened = digest('a', { revision: 4, events: [started] });
  const messageOf = (name: string, revision: number): LiveMessage => ({
    kind: 'events',
    run: summaryOf(digest(name, { revision })),
    events: [epochEvent(1)],
  });
  expect(withMessageIn(opened, messageOf('a', 5))).toMatchObject({
    revision: 5,
    events: [started, epochEvent(1)],
  });
  // Those before it are in it already; of those after it, some are missing.
  for (const message of [messageOf('a', 4), messageOf('a', 6), messageOf('b', 5)])
    expect(withMessageIn(opened, message)).toBe(opened);
});

test.each<[string, RunConfigInput, Partial<RunDigest>]>([
  ['a run without events', {}, {}],
  ['one in training', {}, { isBeingWritten: true, events: [started, epochEvent(1), stepEvent(2, 80)] }],
  ['one that has ended', {}, { events: wholeRun, checkpoints: ['last', 'best'], hasEvaluation: true }],
  ['one that has diverged', {}, { events: [started, epochEvent(1, { val_loss: Number.NaN })] }],
  ['one without validation', { validationSplit: 0 }, { events: wholeRun, checkpoints: ['last'] }],
  ['one of other settings', { dataset: 'cifar100', optimizer: { name: 'sgd' }, callbacks: [] }, {}],
  [
    'one of a list of layers',
    { model: { layers: [{ kind: 'flatten' }, { kind: 'dense', units: 10, activation: 'linear' }] } },
    {},
  ],
  ['one of classes of its own', {}, { manifest: { ...manifestOf('x'), classNames: ['a', 'b'] } }],
])('of %s, the other side has what a list shows', async (_, config, changes) => {
  const sent = { ...createDigest('x', config, []), ...changes };
  const { history, warnings, run, accuracies, last, ...rest } = summaryOf(sent);
  const { id, createdAt, classNames, backend } = run.manifest;
  const { name, revision, checkpoints, hasEvaluation, hasPredictions } = run;
  expect(await received(sent)).toEqual({
    ...rest,
    run: {
      ...{ name, revision, checkpoints, hasEvaluation, hasPredictions },
      manifest: { id, createdAt, config: run.manifest.config, classNames, backend },
    },
    accuracies: accuracies.map((accuracy) => expect.closeTo(accuracy, 4)),
    last: last && { val_loss: last.val_loss, val_accuracy: last.val_accuracy },
  });
});

test('of the accuracies of many epochs, a small curve is kept that ends as they do', () => {
  const rows = Array.from({ length: 1000 }, (_, i) => ({ val_accuracy: (i + 1) / 1000 }));
  const { epochs, accuracies } = summaryOf(createDigest('long', {}, rows));
  expect(epochs).toBe(1000);
  expect(accuracies.length).toBeLessThanOrEqual(MOST_ACCURACIES);
  expect(accuracies.at(-1)).toBe(1);
  expect(accuracies[0]).toBeLessThan(0.03);
});

test('a catalogue of 300 runs is at most 1 MB long', () => {
  const rows = Array.from({ length: 200 }, (_, i) => ({
    val_accuracy: 0.7123456789 - 1 / (i + 7),
    val_loss: 1.0123456789 + 1 / (i + 7),
    seconds: 20.123456789,
  }));
  const layers = Array.from({ length: 20 }, (_, i) => ({ kind: 'conv2d', filters: 8 + i }) as const);
  const runs = Array.from({ length: 300 }, (_, i) => ({
    ...createDigest(
      `studies/dropout-and-max-norm/0123456789abcdef-${i}`,
      { seed: i, model: { layers } },
      rows,
    ),
    checkpoints: ['last', 'best'] as const,
    hasEvaluation: true,
    hasPredictions: true,
  }));
  const text = catalogueToJson({ live: true, place: 'runs', images: ['cifar10', 'cifar100'], runs });
  expect(text.length).toBeLessThan(1e6);
});

test('of hundreds of runs, a few are checked in each task, in their order', async () => {
  const runs = Array.from({ length: 95 }, (_, i) => digest(`run-${String(i).padStart(3, '0')}`));
  const sent = JSON.parse(catalogueToJson({ live: true, place: 'runs', images: [], runs }));
  let checked = 0;
  const counted = sent.runs.map((run: object) =>
    Object.defineProperty(run, 'status', {
      enumerable: true,
      get: () => {
        checked++;
        return 'completed';
      },
    }),
  );
  const perTask: number[] = [];
  const reading = parseCatalogue({ ...sent, runs: counted }, 'catalogue.json').then((found) => {
    perTask.push(checked);
    return found;
  });
  // A turn of the event loop between any two tasks of the reader's.
  let isDone = false;
  void reading.then(() => {
    isDone = true;
  });
  while (!isDone) {
    perTask.push(checked);
    await new Promise((resolve) => setImmediate(resolve));
  }
  const found = await reading;
  expect(found.runs.map(({ name }) => name)).toEqual(runs.map(({ name }) => name));
  // A value is read as often as a schema looks at it.
  const each = checked / runs.length;
  const slices = perTask.map((count, i) => (count - (perTask[i - 1] ?? 0)) / each);
  expect(Math.max(...slices)).toBeLessThanOrEqual(RUNS_AT_ONCE);
  expect(slices.filter((slice) => slice > 0).length).toBeGreaterThanOrEqual(10);
});

test('another thing than a catalogue is refused', async () => {
  await expect(
    parseCatalogue({ ...catalogue, runs: [run('a'), { name: 'a', run: {} }] }, 'catalogue.json'),
  ).rejects.toThrow(/^catalogue\.json: runs\[1\]/);
  expect(liveMessageSchema.safeParse({ kind: 'shutdown' }).success).toBe(false);
  expect(digestSchema.safeParse({ name: 'a', manifest: {} }).success).toBe(false);
});

const sample = new URL('../../../public/sample/', import.meta.url);
const sampleRuns = ['dropout-seed-0', 'dropout-seed-1', 'no-dropout-seed-0', 'no-dropout-seed-1'];

test('the runs that ship with the pages are of the first version, and are read as of this one', async () => {
  for (const name of sampleRuns) {
    const written = JSON.parse(await readFile(new URL(`${name}/digest.json`, sample), 'utf8'));
    expect(written.manifest.schemaVersion).toBe(1);
    expect(digestSchema.parse(written)).toMatchObject({
      name,
      manifest: { schemaVersion: RUN_SCHEMA_VERSION, config: { model: { preset: 'tutorial' } } },
    });
  }
});

test('their catalogue is made of them', async () => {
  const runs = await Promise.all(
    sampleRuns.map(async (name) =>
      digestSchema.parse(JSON.parse(await readFile(new URL(`${name}/digest.json`, sample), 'utf8'))),
    ),
  );
  const made = catalogueToJson({ live: false, place: 'an export', images: [], runs });
  // After a change of the form, `vitest -u` writes it again.
  await expect(made).toMatchFileSnapshot(new URL('catalogue.json', sample).pathname);
});
