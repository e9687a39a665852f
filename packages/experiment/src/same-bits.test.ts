import { createHash } from 'node:crypto';
import { startBackend } from '@dropout-lab/backend/node';
import type { RunConfigInput } from '@dropout-lab/contracts';
import { createMemoryRun, type MemoryRun } from '@dropout-lab/runs';
import { beforeAll, describe, expect, test } from 'vitest';
import { collect, manifestOf, prepare, steadyClock } from './testing.ts';

// As built, by their names, since a thread runs no TypeScript; of unknown type until then.
const { runExperiment }: typeof import('./index.ts') = await import('@dropout-lab/experiment' as string);
const { threadReplicas }: typeof import('./node.ts') = await import('@dropout-lab/experiment/node' as string);

beforeAll(async () => {
  await startBackend('wasm');
});

/** Two epochs of a small tutorial, whose last batch has fewer images than there are slices. */
const changes: RunConfigInput = {
  model: { filters: [8, 20], units: [16] },
  epochs: 2,
  batchSize: 24,
  limitTrain: 100,
  limitTest: 20,
};

const trainedOn = async (count: number) => {
  const { config, data } = prepare(changes);
  let run: MemoryRun | undefined;
  await collect(
    runExperiment({
      config,
      data,
      replicas: { count, start: threadReplicas({ backend: 'wasm', config }) },
      now: steadyClock(),
      open: ({ workers }) => {
        run = createMemoryRun(manifestOf(config, data, workers));
        return { run };
      },
    }),
  );
  return run!.files();
};

const digestOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

describe('a run on wasm', () => {
  // Found by this test on one thread of Node 20: other numbers of threads, processors and versions of Node are to give the same.
  const expected = '899a7439614b73dee2f853665338522d03aad058273dc14631f916f33bd7e1dc';

  test.each([1, 2, 3, 8])('on %d threads ends with the same weights, to the bit', async (count) => {
    const files = await trainedOn(count);
    const weights = Object.keys(files).filter(
      (name) => name.startsWith('checkpoints/last/') && name.endsWith('.bin'),
    );
    expect(weights).not.toEqual([]);
    expect(digestOf(files[weights[0]!]!)).toBe(expected);
  });
});
