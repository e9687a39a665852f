import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError, type RunEvent } from '@dropout-lab/contracts';
import { createRunDirectory } from '@dropout-lab/runs/node';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { loadStudy } from '../study/load-study.ts';
import { planRuns } from '../study/plan.ts';
import { clearRuns, manifestOf, threeArms } from '../testing/study-runs.ts';
import {
  findRun,
  isNamedByConfig,
  readRecordedStudy,
  readStudyRun,
  readStudyRuns,
  recordStudy,
  runPath,
  withPredictions,
} from './run-store.ts';

const time = 0;
const started: RunEvent = { kind: 'run-started', time, epochs: 3, stepsPerEpoch: 1 };
const ended = (reason: 'completed' | 'nan' | 'interrupted'): RunEvent => ({
  kind: 'run-ended',
  time,
  reason,
  epoch: 0,
  step: 0,
  message: '',
});

test.each([
  ['stopped', [started]],
  ['stopped', [started, ended('interrupted')]],
  ['diverged', [started, ended('nan')]],
  // Trained, but killed before it was evaluated.
  ['stopped', [started, ended('completed')]],
] as const)('a run is %s by its events', async (state, events) => {
  const store = temporaryFolder();
  const [planned] = planRuns(threeArms);
  expect(await readStudyRun(store, planned!)).toMatchObject({ state: 'missing', history: [] });
  const run = await createRunDirectory(runPath(store, planned!.config), manifestOf(planned!));
  for (const event of events) run.append(event);
  expect((await readStudyRun(store, planned!)).state).toBe(state === 'diverged' ? 'diverged' : 'running');
  await run.close();
  expect((await readStudyRun(store, planned!)).state).toBe(state);
});

test('answers to images are read of finished runs, where they were kept', async () => {
  const store = temporaryFolder();
  const plan = planRuns(threeArms).slice(0, 3);
  const [evaluation] = clearRuns().map((run) => run.evaluation!);
  const predictions = {
    ...{ labels: [0, 1], predicted: [0, 0], confidence: [0.9, 0.5] },
    validation: { labels: [1], predicted: [1] },
  };
  for (const [i, planned] of plan.entries()) {
    const run = await createRunDirectory(runPath(store, planned.config), manifestOf(planned));
    run.append(started);
    if (i < 2) await run.writeEvaluation(evaluation!);
    if (i !== 1) await run.writePredictions(predictions);
    if (i < 2) run.append(ended('completed'));
    await run.close();
  }
  const runs = await withPredictions(await readStudyRuns(store, plan));
  expect(runs.map((run) => [run.state, run.predictions])).toEqual([
    ['finished', predictions],
    ['finished', undefined],
    ['stopped', undefined],
  ]);
});

test('a run of a store is known by its name', () => {
  const [planned] = planRuns(threeArms);
  expect(isNamedByConfig(runPath('store', planned!.config))).toBe(true);
  expect(isNamedByConfig('runs/2026-11-24T08-00-00-1a2b3c')).toBe(false);
});

test('a store remembers the studies that were run in it', async () => {
  const store = join(temporaryFolder(), 'new');
  expect(await readRecordedStudy(store, 'a')).toBeUndefined();
  const study = { name: 'a', title: 'A', arms: { one: { title: 'one' } }, seeds: [3] };
  await recordStudy(store, study);
  expect(await readRecordedStudy(store, 'a')).toEqual(study);
});

test('a study that was recorded without a version is read; a newer one is refused', async () => {
  const store = temporaryFolder();
  const study = { name: 'a', title: 'A', arms: { one: { title: 'one' } }, seeds: [3] };
  await writeFile(join(store, 'a.study.json'), JSON.stringify(study));
  expect(await readRecordedStudy(store, 'a')).toEqual(study);
  await writeFile(join(store, 'a.study.json'), JSON.stringify({ schemaVersion: 3, study }));
  await expect(readRecordedStudy(store, 'a')).rejects.toThrow(
    'a.study.json: expected schemaVersion 2 or older, received 3: it was made by a newer dropout-lab',
  );
});

test.each([
  ['{', 'a.study.json: expected JSON: '],
  ['', 'a.study.json: expected JSON: '],
  ['[]', 'a.study.json: expected an object, received []'],
  ['null', 'a.study.json: expected an object, received null'],
  ['{"schemaVersion": 2}', 'a.study.json: study: expected an object, received nothing'],
  ['{"schemaVersion": "2", "study": {}}', 'a.study.json: schemaVersion: expected 2, received "2"'],
  [
    '{"schemaVersion": 2, "study": {"seeds": 5}}',
    'a.study.json: study.seeds: expected a list of seeds, received 5',
  ],
  [
    '{"schemaVersion": 2, "study": {"seeds": []}}',
    'a.study.json: study.seeds: expected at least one seed, received []',
  ],
  ['{"schemaVersion": 2, "study": {"seeds": [-1]}}', 'a.study.json: study.seeds[0]: expected a whole number'],
  [
    '{"schemaVersion": 2, "study": {"name": "a", "title": 3, "arms": {}}}',
    'a: title: expected a sentence or a title, received 3',
  ],
])('a damaged record of a study is refused in a sentence: %s', async (text, message) => {
  const store = temporaryFolder();
  await writeFile(join(store, 'a.study.json'), text);
  await expect(loadStudy('a', { store })).rejects.toBeInstanceOf(ConfigError);
  await expect(loadStudy('a', { store })).rejects.toThrow(message);
});

test('a run is found by its configuration, whatever its folder is called', async () => {
  const store = temporaryFolder();
  const [planned, other] = planRuns(threeArms);
  const path = join(store, '0123456789abcdef');
  await (await createRunDirectory(path, manifestOf(planned!))).close();
  await mkdir(join(store, 'no run'));
  // Of a process that was killed while it made the run, or is just making it.
  await (await createRunDirectory(join(store, 'ffff.tmp-0a1b2c3d'), manifestOf(planned!))).close();
  expect(await findRun(store, planned!.config)).toBe(path);
  expect(await readStudyRun(store, planned!)).toMatchObject({ state: 'stopped', path });
  expect(await findRun(store, other!.config)).toBe(runPath(store, other!.config));
});

test.each([
  ['damaged', '{', 'damaged/run.json: expected JSON'],
  ['newer', '{"schemaVersion": 99}', 'newer/run.json: expected schemaVersion 3 or older, received 99'],
])(
  'a run that is %s may be the one that is looked for, so it is not passed over',
  async (name, text, message) => {
    const store = temporaryFolder();
    const [planned] = planRuns(threeArms);
    await mkdir(join(store, name));
    await writeFile(join(store, name, 'run.json'), text);
    await expect(findRun(store, planned!.config)).rejects.toThrow(message);
  },
);
