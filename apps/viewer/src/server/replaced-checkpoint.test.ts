import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointFiles } from '@dropout-lab/runs';
import type { RunDirectory } from '@dropout-lab/runs/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { checkpointAt, createRun } from '../testing/runs.ts';
import { exportViewer } from './export-viewer.ts';
import { startViewer, type Viewer } from './start-viewer.ts';

/** The step that a model and weights are of, both the same and all of it. */
const stepOf = (model: string, weights: Uint8Array): number => {
  const { step } = JSON.parse(model).modelTopology.config as { step: number };
  const values = new Float32Array(weights.slice().buffer);
  expect(values).toHaveLength(600_000);
  expect(values.every((value) => value === step)).toBe(true);
  return step;
};

describe('a checkpoint that is replaced again and again', () => {
  const folder = temporaryFolder();
  const root = join(folder, 'runs');
  const dataFolder = join(folder, 'none');
  const at = join('a', 'checkpoints', 'last');
  let run: RunDirectory;
  let step = 1;
  let isGoingOn = true;
  let replacing: Promise<void>;

  beforeAll(async () => {
    run = await createRun(root, 'a');
    await run.saveCheckpoint('last', checkpointAt(step));
    replacing = (async () => {
      while (isGoingOn) await run.saveCheckpoint('last', checkpointAt(++step));
    })();
  });
  afterAll(async () => {
    isGoingOn = false;
    await replacing;
    await run.close();
  });

  test('is exported as one of them', async () => {
    const steps: number[] = [];
    for (let i = 0; i < 5; i++) {
      const output = join(folder, `site-${i}`);
      await exportViewer({ runsFolder: root, output, dataFolder });
      const [model, weights] = await Promise.all(
        [checkpointFiles.model, checkpointFiles.weights].map((file) =>
          readFile(join(output, 'runs', at, file)),
        ),
      );
      steps.push(stepOf(model!.toString(), weights!));
    }
    expect(new Set(steps).size).toBeGreaterThan(1);
  }, 60_000);

  test('is served, each file whole', async () => {
    const viewer: Viewer = await startViewer({ runsFolder: root, port: 0, dataFolder });
    try {
      await fetch(`${viewer.url}runs/catalogue.json`);
      const before = step;
      for (let i = 0; i < 30; i++) {
        const response = await fetch(`${viewer.url}runs/a/checkpoints/last/${checkpointFiles.weights}`);
        expect(response.status).toBe(200);
        const values = new Float32Array(await response.arrayBuffer());
        expect(values).toHaveLength(600_000);
        expect(new Set(values).size).toBe(1);
      }
      expect(step).toBeGreaterThan(before);
    } finally {
      await viewer.close();
    }
  }, 60_000);
});
