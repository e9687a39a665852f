import type { RunConfigInput, RunEvent } from '@dropout-lab/contracts';
import { createMemoryRun, type MemoryRun } from '@dropout-lab/runs';
import { createReplica, type Replica } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import type { PreparedRun } from './index.ts';
import { collect, manifestOf, prepare, steadyClock } from './testing.ts';

// As built, by their names, since a thread runs no TypeScript; of unknown type until then.
const { replicaStarter, runExperiment }: typeof import('./index.ts') = await import(
  '@dropout-lab/experiment' as string
);
const { threadReplicas }: typeof import('./node.ts') = await import('@dropout-lab/experiment/node' as string);

const onThreads = async (count: number, changes: RunConfigInput = {}) => {
  const { config, data } = prepare(changes);
  const prepared: PreparedRun[] = [];
  let run: MemoryRun | undefined;
  const events = await collect(
    runExperiment({
      config,
      data,
      replicas: { count, start: threadReplicas({ backend: 'cpu', config }) },
      now: steadyClock(),
      open: (ready) => {
        prepared.push(ready);
        run = createMemoryRun(manifestOf(config, data, ready.workers));
        return { run };
      },
    }),
  );
  return { events, workers: prepared[0]!.workers, files: await run!.files() };
};

const lossesOf = ({ events }: { readonly events: readonly RunEvent[] }) =>
  events.flatMap((event) => (event.kind === 'step' ? [event.loss] : []));

test('threads share the batches of a run: as many as there are, the numbers are the same', async () => {
  const [one, two, five] = [await onThreads(1), await onThreads(2), await onThreads(5)];
  expect([one, two, five].map(({ workers }) => workers)).toEqual([1, 2, 5]);
  for (const several of [two, five]) {
    expect(several.events).toEqual(one.events);
    // Other files have the number of workers, or the digest of one that has.
    const numbersOf = ({ files }: typeof one) =>
      Object.entries(files).filter(([name]) => /\.(bin|csv)$/.test(name));
    expect(numbersOf(one).length).toBeGreaterThan(2);
    expect(numbersOf(several)).toEqual(numbersOf(one));
  }
});

test('threads share batches of mixed images: the numbers are those of one', async () => {
  const changes: RunConfigInput = {
    augmentation: { flip: 'alternating', crop: 2, cropFill: 'reflect', mixup: 0.4, cutmix: 1 },
    dropRemainder: true,
    batchSize: 12,
    testTimeAugmentation: 'flip_shift',
  };
  const [one, two] = [await onThreads(1, changes), await onThreads(2, changes)];
  expect(two.workers).toBe(2);
  expect(two.events).toEqual(one.events);
  const steps = one.events.filter(({ kind }) => kind === 'step');
  // 40 images in batches of 12, in each of two epochs, without the 4 that are left.
  expect(steps).toHaveLength(6);
  const accuracies = steps.map((step) => step.kind === 'step' && step.accuracy! * 12 * step.stepInEpoch);
  for (const right of accuracies) expect(right).toBeCloseTo(Math.round(Number(right)), 6);
});

test('threads share the statistics of batch normalization', async () => {
  const layers = [
    { kind: 'flatten' },
    { kind: 'batch_normalization' },
    { kind: 'dense', units: 10, activation: 'softmax' },
  ] as const;
  const changes = { model: { layers: [...layers] } };
  const [two, one] = [await onThreads(2, changes), await onThreads(1, changes)];
  expect(two.workers).toBe(2);
  expect(lossesOf(two)).toEqual(lossesOf(one));
});

test('when a replica cannot be started, the run fails and the others have ended', async () => {
  const { config, data } = prepare();
  const tensors = tf.memory().numTensors;
  let started = 0;
  let ended = 0;
  const start = replicaStarter(async (model): Promise<Replica> => {
    started += 1;
    if (started === 2) throw new Error('no thread available');
    return { ...createReplica(model), dispose: () => (ended += 1) };
  });
  const run = createMemoryRun(manifestOf(config, data, 4));
  const experiment = runExperiment({ config, data, replicas: { count: 4, start }, open: () => ({ run }) });
  await expect(collect(experiment)).rejects.toThrow('no thread available');
  expect([started, ended]).toEqual([3, 2]);
  expect((await run.files())['events.jsonl']).toMatch(
    /^\{"kind":"run-ended".*"failed".*"no thread available"\}\n$/,
  );
  expect(tf.memory().numTensors).toBe(tensors);
});
