import type { RunConfigInput, Snapshot } from '@dropout-lab/contracts';
import { readWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { createOptimizer, type TrainOptions, train } from '../index.ts';
import { configOf, imageSource, memorySink, tinyModel } from '../testing.ts';

// 8 images in batches of 3, 3 and 2.
const source = imageSource('train', { size: 8, batchSize: 3 });

/** Trains a model, and returns its weights at the beginning and after each step. */
const trained = async (input: RunConfigInput, options: Partial<TrainOptions> = {}) => {
  const model = tinyModel({ maxNorm: { value: 0.5 } });
  const checkpoints = memorySink();
  const steps: Snapshot['weights'][] = [await readWeights(model)];
  for await (const event of train({
    model,
    config: configOf({ checkpointEverySteps: 1, ...input }),
    train: source,
    checkpoints,
    ...options,
  })) {
    if (event.kind === 'step') steps.push(await readWeights(model));
  }
  model.dispose();
  return { steps, saved: checkpoints.saved.map(({ snapshot }) => snapshot) };
};

const changes = (steps: readonly Snapshot['weights'][], name: string): boolean[] => {
  const values = steps.map((weights) => weights.find((one) => one.name === name)!.values);
  return values.slice(1).map((after, i) => after.some((value, j) => value !== values[i]![j]));
};

const optimizers: Record<string, RunConfigInput['optimizer']> = {
  adam: { name: 'adam', learningRate: 0.01 },
  adamw: { name: 'adamw', learningRate: 0.01, weightDecay: 0.1 },
  sgd: { name: 'sgd', learningRate: 0.1, momentum: 0.9, weightDecay: 0.1, weightDecayMode: 'coupled' },
};

describe.each(Object.entries(optimizers))('with %s', (_, optimizer) => {
  const weightGroups = [
    { weights: ['conv2d/kernel'], learningRateFactor: 0 },
    { weights: ['*/kernel'], epochs: 1 },
  ];
  const input = { epochs: 2, optimizer, weightGroups };

  test('weights are frozen exactly from the start, or after some epochs; neither constraint nor momentum moves them', async () => {
    const { steps } = await trained(input);
    const [yes, no] = [
      [true, true, true],
      [false, false, false],
    ];
    expect(changes(steps, 'conv2d/kernel')).toEqual([...no, ...no]);
    expect(changes(steps, 'dense/kernel')).toEqual([...yes, ...no]);
    expect(changes(steps, 'dense/bias')).toEqual([...yes, ...yes]);
  });

  test('a run that is resumed from any checkpoint ends with the same bits', async () => {
    const whole = await trained(input);
    for (const resumeFrom of whole.saved) {
      const { saved } = await trained(input, { resumeFrom });
      expect(saved.at(-1) ?? resumeFrom).toEqual({
        ...whole.saved.at(-1)!,
        progress: (saved.at(-1) ?? resumeFrom).progress,
      });
    }
  });
});

test('by hand: a factor of the learning rate, another weight decay, and the first group counts', () => {
  const names = ['a/kernel', 'a/bias', 'b/bias'];
  const variables = names.map((name) => ({ name, variable: tf.variable(tf.tensor1d([1])) }));
  const optimizer = createOptimizer({ name: 'sgd', learningRate: 0.1, weightDecay: 0.5 }, variables, {
    groups: [
      { weights: ['b/*'], learningRateFactor: 2, weightDecay: 0, epochs: null },
      { weights: ['*/bias'], learningRateFactor: 3, weightDecay: null, epochs: null },
    ],
  });
  tf.tidy(() =>
    optimizer.update(
      [1, 1, 1].map((value) => tf.tensor1d([value])),
      0.1,
      0,
    ),
  );
  // 1 - .1 * .5 - .1; 1 - .3 * .5 - .3; 1 - .2.
  expect(variables.map(({ variable }) => variable.dataSync()[0])).toEqual([
    expect.closeTo(0.85, 6),
    expect.closeTo(0.55, 6),
    expect.closeTo(0.8, 6),
  ]);
  expect([...optimizer.frozenAt(0)]).toEqual([]);
  optimizer.dispose();
  tf.dispose(variables.map(({ variable }) => variable));
});
