import { createHash } from 'node:crypto';
import { compileWasmKernels, startBackend, type WasmKernels } from '@dropout-lab/backend/node';
import type { RunConfigInput } from '@dropout-lab/contracts';
import { createMemoryRun, type MemoryRun } from '@dropout-lab/runs';
import { describe, expect, test } from 'vitest';
import { collect, manifestOf, prepare, steadyClock } from './testing.ts';

// As built, by their names, since a thread runs no TypeScript; of unknown type until then.
const { runExperiment }: typeof import('./index.ts') = await import('@dropout-lab/experiment' as string);
const { threadReplicas }: typeof import('./node.ts') = await import('@dropout-lab/experiment/node' as string);

const convolution = { kind: 'conv2d', filters: 8, padding: 'same' } as const;

const models = {
  'a small tutorial': { filters: [8, 20], units: [16] },
  'batch normalization in a residual block': {
    layers: [
      { ...convolution, activation: 'relu' },
      { kind: 'max_pooling2d', poolSize: 2 },
      {
        kind: 'residual',
        layers: [
          convolution,
          { kind: 'batch_normalization', momentum: 0.9 },
          { kind: 'activation', activation: 'relu' },
          { kind: 'dropout', rate: 0.3 },
          convolution,
          { kind: 'batch_normalization', momentum: 0.9 },
        ],
      },
      { kind: 'activation', activation: 'relu' },
      { kind: 'max_pooling2d', poolSize: 4 },
      { kind: 'flatten' },
      { kind: 'dense', units: 10, activation: 'softmax' },
    ],
  },
} satisfies Record<string, RunConfigInput['model']>;

/** Two epochs, whose last batch has fewer images than there are slices, and several views of the test images. */
const changesOf = (model: keyof typeof models): RunConfigInput => ({
  model: models[model],
  epochs: 2,
  batchSize: 24,
  limitTrain: 100,
  limitTest: 90,
  testTimeAugmentation: 'flip_shift',
});

const trainedOn = async (model: keyof typeof models, count: number, kernels?: WasmKernels) => {
  const backend = await startBackend('wasm', { kernels });
  const { config, data } = prepare(changesOf(model));
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

/** The SHA-256 of the last weights, and of what the model answers to the views of the test images. */
const digestsOn = async (
  model: keyof typeof models,
  count: number,
  kernels?: WasmKernels,
): Promise<readonly [weights: string, evaluation: string]> => {
  const files = await trainedOn(model, count, kernels);
  const weights = Object.keys(files).filter(
    (name) => name.startsWith('checkpoints/last/') && name.endsWith('.bin'),
  );
  expect(weights).not.toEqual([]);
  return [digestOf(files[weights[0]!]!), digestOf(files['evaluation.json']!)];
};

// Found by this test on one thread of Node 20: other numbers of threads, processors and versions of Node are to give the same.
describe.each([
  [
    'a small tutorial',
    '899a7439614b73dee2f853665338522d03aad058273dc14631f916f33bd7e1dc',
    'e558853a6ad33f52b0f55e6bf79edf911813019a07bb45e32f2c7bb491df11c5',
  ],
  [
    'batch normalization in a residual block',
    '3dde9a5d6169d65cbc7aac8173d1416f30aa5629f725f51670f431aa218673d9',
    'c74402f58a6c6df59625f337ca83a362d23021b125180eedc8486990e2008bb5',
  ],
] as const)('a run of %s on wasm', async (model, ...expected) => {
  test.each([1, 2, 3, 8])(
    'on %d threads ends with the same weights and answers, to the bit',
    async (count) => {
      expect(await digestsOn(model, count)).toEqual(expected);
    },
  );

  const reasonAgainst = (kernels: WasmKernels): Promise<string | undefined> =>
    compileWasmKernels(kernels).then(
      () => undefined,
      (error: Error) => error.message,
    );
  const revectorized: WasmKernels = { build: 'plain', revectorized: true };
  const noFlag = await reasonAgainst(revectorized);
  test.skipIf(noFlag !== undefined)(
    `with revectorized kernels ends with these too${noFlag ? ` (${noFlag})` : ''}`,
    async () => {
      expect(await digestsOn(model, 2, revectorized)).toEqual(expected);
    },
  );

  const fma: WasmKernels = { build: 'fma', revectorized: false };
  const noRelaxed = await reasonAgainst(fma);
  test.skipIf(noRelaxed !== undefined)(
    `with fused multiply-add ends with weights and answers of its own, the same on any number of threads${noRelaxed ? ` (${noRelaxed})` : ''}`,
    async () => {
      expect(await digestsOn(model, 3, fma)).toEqual(await digestsOn(model, 1, fma));
    },
  );
});
