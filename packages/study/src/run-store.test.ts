import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseRunConfig, type RunEvent } from '@dropout-lab/contracts';
import { createRunDirectory } from '@dropout-lab/runs/node';
import { expect, test } from 'vitest';
import { planRuns } from './plan.ts';
import { configDigest, readRecordedStudy, readStudyRun, recordStudy, runPath } from './run-store.ts';
import { manifestOf, threeArms } from './testing/study-runs.ts';

const temporaryFolder = () => mkdtemp(join(tmpdir(), 'dropout-lab-store-'));

test('configDigest tells configurations apart, and only those', () => {
  const digest = configDigest(parseRunConfig({}));
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(configDigest(parseRunConfig({ model: { dropout: { rate: 0.5 } }, epochs: 55 }))).toBe(digest);
  expect(configDigest(parseRunConfig({ seed: 1 }))).not.toBe(digest);
});

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
  const store = await temporaryFolder();
  const [planned] = planRuns(threeArms);
  expect(await readStudyRun(store, planned!)).toMatchObject({ state: 'missing', history: [] });
  const run = await createRunDirectory(runPath(store, planned!.config), manifestOf(planned!));
  for (const event of events) run.append(event);
  expect((await readStudyRun(store, planned!)).state).toBe(state === 'diverged' ? 'diverged' : 'running');
  await run.close();
  expect((await readStudyRun(store, planned!)).state).toBe(state);
});

test('a store remembers the studies that were run in it', async () => {
  const store = join(await temporaryFolder(), 'new');
  expect(await readRecordedStudy(store, 'a')).toBeUndefined();
  const study = { name: 'a', title: 'A', arms: { one: { title: 'one' } }, seeds: [3] };
  await recordStudy(store, study);
  expect(await readRecordedStudy(store, 'a')).toEqual(study);
});
