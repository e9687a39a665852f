import { createHash } from 'node:crypto';
import { compileWasmKernels, startBackend, type WasmKernels } from '@dropout-lab/backend/node';
import type { RunConfigInput } from '@dropout-lab/contracts';
import { createMemoryRun, type MemoryRun } from '@dropout-lab/runs';
import { describe, expect, test } from 'vitest';
import { collect, manifestOf, prepare, steadyClock } from './testing.ts';

// As built, by their names, since a thread runs no TypeScript; of unknown type until then.
const { runExperiment }: typeof import('./index.ts') = await import('@dropout-lab/experiment' as string);
const { threadReplicas }: typeof import('./node.ts') = await import('@dropout-lab/experiment/node' as string);

/** Two epochs of a small tutorial, whose last batch has fewer images than there are slices. */
const changes: RunConfigInput = {
  model: { filters: [8, 20], units: [16] },
  epochs: 2,
  batchSize: 24,
  limitTrain: 100,
  limitTest: 20,
};

const trainedOn = async (count: number, kernels?: WasmKernels) => {
  const backend = await startBackend('wasm', { kernels });
  const { config, data } = prepare(changes);
  let run: MemoryRun | undefined;
  await collect(
    runExperiment({
      config,
      data,
      replicas: { count, start: threadReplicas({ backend: 'wasm', kernels: backend.kernels, config }) },
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

/** The SHA-256 of the last weights. */
const weightsOn = async (count: number, kernels?: WasmKernels): Promise<string> => {
  const files = await trainedOn(count, kernels);
  const weights = Object.keys(files).filter(
    (name) => name.startsWith('checkpoints/last/') && name.endsWith('.bin'),
  );
  expect(weights).not.toEqual([]);
  return digestOf(files[weights[0]!]!);
};

describe('a run on wasm', async () => {
  // Found by this test on one thread of Node 20: other numbers of threads, processors and versions of Node are to give the same.
  const expected = '899a7439614b73dee2f853665338522d03aad058273dc14631f916f33bd7e1dc';

  test.each([1, 2, 3, 8])('on %d threads ends with the same weights, to the bit', async (count) => {
    expect(await weightsOn(count)).toBe(expected);
  });

  const reasonAgainst = (kernels: WasmKernels): Promise<string | undefined> =>
    compileWasmKernels(kernels).then(
      () => undefined,
      (error: Error) => error.message,
    );
  const revectorized: WasmKernels = { build: 'plain', revectorized: true };
  const noFlag = await reasonAgainst(revectorized);
  test.skipIf(noFlag !== undefined)(
    `with revectorized kernels ends with these weights too${noFlag ? ` (${noFlag})` : ''}`,
    async () => {
      expect(await weightsOn(2, revectorized)).toBe(expected);
    },
  );

  const fma: WasmKernels = { build: 'fma', revectorized: false };
  const noRelaxed = await reasonAgainst(fma);
  test.skipIf(noRelaxed !== undefined)(
    `with fused multiply-add ends with weights of its own, the same on any number of threads${noRelaxed ? ` (${noRelaxed})` : ''}`,
    async () => {
      expect(await weightsOn(3, fma)).toBe(await weightsOn(1, fma));
    },
  );
});
