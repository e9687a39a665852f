import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readHistory, runStatus } from './events/history.ts';
import { openRunDirectory } from './run-directory.ts';

const fixtures = new URL('../fixtures/', import.meta.url);

/** Versions whose runs are kept, all of the same settings. */
const versions = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

const open = (version: string, run: string) =>
  openRunDirectory(fileURLToPath(new URL(`${version}/${run}`, fixtures)));

test('there are runs of the first version', () => {
  expect(versions).toContain('0.1.0');
});

describe.each(versions)('runs that %s wrote are read', (version) => {
  test('the configuration and what was known at the start', async () => {
    const { manifest } = await open(version, 'completed');
    expect(manifest).toMatchObject({
      config: { batchSize: 25, epochs: 2, seed: 0, optimizer: { name: 'adam', learningRate: 0.001 } },
      backend: { name: 'wasm', workers: 1 },
      data: { trainImages: 200, validationImages: 50, testImages: 100 },
      versions: { 'dropout-lab': version },
    });
    expect(manifest.classNames).toHaveLength(10);
  });

  test('the events, whether it ended or was interrupted', async () => {
    const completed = await (await open(version, 'completed')).readEvents();
    expect([completed.gaps, completed.torn]).toEqual([undefined, false]);
    expect(runStatus(completed.events)).toBe('completed');
    expect(readHistory(completed.events)).toMatchObject([
      { epoch: 1, step: 8, accuracy: 0.09, val_accuracy: 0.04 },
      { epoch: 2, step: 16, accuracy: 0.1, val_accuracy: 0.1 },
    ]);
    const interrupted = await (await open(version, 'interrupted')).readEvents();
    expect(interrupted.gaps).toBeUndefined();
    expect(runStatus(interrupted.events)).toBe('interrupted');
    expect(readHistory(interrupted.events)).toHaveLength(1);
  });

  test('the evaluation and the predictions', async () => {
    const run = await open(version, 'completed');
    const evaluation = await run.readEvaluation();
    expect(evaluation).toMatchObject({ count: 100, accuracy: 0.07 });
    expect(evaluation?.loss).toBeCloseTo(2.3116, 4);
    const predictions = await run.readPredictions();
    const right = predictions?.labels.filter((label, i) => label === predictions.predicted[i]);
    expect(right).toHaveLength(7);
  });

  test.each([
    { run: 'completed', step: 16, stepInEpoch: 0 },
    { run: 'interrupted', step: 12, stepInEpoch: 4 },
  ])('the checkpoints of the one that was $run', async ({ run, step, stepInEpoch }) => {
    const reader = await open(version, run);
    for (const name of ['last', 'best'] as const) {
      const { modelTopology, snapshot } = await reader.loadCheckpoint(name);
      expect(modelTopology).toMatchObject({ class_name: expect.any(String) });
      expect(snapshot.weights.reduce((sum, { values }) => sum + values.length, 0)).toBe(1910);
      // Adam keeps two numbers for each weight.
      expect(snapshot.slots.reduce((sum, { values }) => sum + values.length, 0)).toBe(2 * 1910);
    }
    const { progress } = (await reader.loadCheckpoint('last')).snapshot;
    expect(progress).toMatchObject({ step, stepInEpoch });
  });
});
