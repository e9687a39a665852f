import { buildModel, parseModelSpec, readWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createReplica, parallelReplica, train } from '../index.ts';
import { collect, configOf, imageSource, memorySink } from '../testing.ts';

/** A model with every layer that draws random numbers, built alike each time. */
const noisyModel = () =>
  buildModel(
    parseModelSpec({
      inputShape: [8, 8, 3],
      numClasses: 3,
      layers: [
        { kind: 'gaussian_noise', stddev: 0.2 },
        { kind: 'conv2d', filters: 4, activation: 'relu' },
        { kind: 'spatial_dropout2d', rate: 0.25 },
        { kind: 'alpha_dropout', rate: 0.1 },
        { kind: 'flatten' },
        { kind: 'gaussian_dropout', rate: 0.2 },
        { kind: 'dense', units: 8, activation: 'relu' },
        { kind: 'dropout', rate: 0.3 },
        { kind: 'dense', units: 3, activation: 'softmax' },
      ],
    }),
    1,
  );
// 4 steps an epoch.
const source = imageSource('train', { size: 14, batchSize: 4 });

const trained = async (resumeFrom?: Parameters<typeof train>[0]['resumeFrom'], stopAfter?: number) => {
  const model = noisyModel();
  const checkpoints = memorySink();
  const abort = new AbortController();
  const config = configOf({ epochs: 2, optimizer: { name: 'adam', learningRate: 0.01 } });
  for await (const event of train({
    ...{ model, config, train: source, checkpoints, resumeFrom, signal: abort.signal },
  })) {
    if (event.kind === 'step' && event.step === stopAfter) abort.abort();
  }
  const weights = await readWeights(model);
  model.dispose();
  return { weights, last: checkpoints.saved.at(-1)!.snapshot };
};

test('an interrupted run with every kind of noise resumes to the same bits', async () => {
  const whole = await trained();
  for (const stopAfter of [2, 5]) {
    const { last } = await trained(undefined, stopAfter);
    expect(last.progress.step).toBe(stopAfter);
    expect((await trained(last)).weights).toEqual(whole.weights);
  }
});

test.each([2, 3])('%d replicas draw what one draws', async (count) => {
  const models = Array.from({ length: count + 1 }, noisyModel);
  const [one, ...others] = models.map(createReplica);
  const position = { step: 5, rowOffset: 0, batchSize: 4 };
  const [alone, together] = await Promise.all(
    [one!, parallelReplica(others)].map((replica) => replica.gradients(source.batch(0, 0), position)),
  );
  expect(together!.loss).toBeCloseTo(alone!.loss, 6);
  for (const [i, gradient] of alone!.gradients.entries()) {
    const expected = [...gradient.dataSync()].map((number) => expect.closeTo(number, 6));
    expect([...together!.gradients[i]!.dataSync()]).toEqual(expected);
  }
  tf.dispose([alone!.gradients, together!.gradients]);
  for (const model of models) model.dispose();
});

test('a run with noise learns', async () => {
  const model = noisyModel();
  const config = configOf({ epochs: 30, optimizer: { name: 'adam', learningRate: 0.01 } });
  const events = await collect(train({ model, config, train: source }));
  const losses = events.flatMap((event) => (event.kind === 'epoch' ? [event.logs.loss] : []));
  // Knowing nothing gives log 3.
  expect(losses.at(-1)).toBeLessThan(0.8 * Math.log(3));
  model.dispose();
});
