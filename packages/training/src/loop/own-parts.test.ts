import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Callback, defineOptimizer, type TrainOptions, train } from '../index.ts';
import { collect, configOf, imageSource, tinyModel } from '../testing.ts';

const source = imageSource('train', { size: 6, batchSize: 3 });
const learningRate = z.number().positive().default(0.1);

const trained = async (config: object, options: Partial<TrainOptions> = {}) => {
  const model = tinyModel();
  const before = tf.memory().numTensors;
  const run = train({ model, config: { ...configOf({ epochs: 1 }), ...config }, train: source, ...options });
  const failure = await collect(run).then(
    () => undefined,
    (error: Error) => error.message,
  );
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
  return failure;
};

describe('an invalid part is refused with a message, and leaves no tensor', () => {
  test.each<[string, object, string]>([
    [
      'an optimizer by its name',
      { optimizer: 'sgd' },
      'optimizer: expected the settings of one of adam, sgd,',
    ],
    ['an optimizer that there is not', { optimizer: { name: 'adagrad', learningRate: 1 } }, 'found adagrad'],
    ['a schedule by its name', { schedule: 'cosine' }, 'schedule: expected the settings of one of constant,'],
    [
      'an optimizer with a setting out of range',
      { optimizer: { name: 'sgd', clipnorm: 0 } },
      'optimizer: clipnorm: expected a number above 0, received 0',
    ],
    [
      'a schedule without a setting that it needs',
      { schedule: { name: 'exponential_decay', decayRate: 0.5 } },
      'schedule: decaySteps: expected a whole number above 0',
    ],
    ['a schedule that there is not', { schedule: { name: 'poly' } }, 'found poly'],
    [
      'a schedule that gives nothing',
      { schedule: () => undefined },
      'for step 1, found undefined: return a number',
    ],
    ['a schedule that goes below 0', { schedule: () => -1 }, 'for step 1, found -1: return a number'],
  ])('%s', async (_, config, message) => {
    expect(await trained(config)).toContain(message);
  });

  test('settings with a default may be left out', async () => {
    const schedule = { name: 'cosine_decay', decaySteps: 9 };
    expect(await trained({ optimizer: { name: 'rmsprop' }, schedule })).toBeUndefined();
  });

  test('a callback without a name', async () => {
    expect(await trained({}, { callbacks: [null as unknown as Callback] })).toContain(
      'callbacks: expected every callback to have a name',
    );
  });

  test('an update rule that throws', async () => {
    const failing = defineOptimizer({
      name: 'failing',
      settings: { learningRate },
      create: () => ({
        slots: ['m'],
        at: () => () => {
          throw new Error('out of ideas');
        },
      }),
    });
    expect(await trained({ optimizer: failing() })).toBe('out of ideas');
  });
});

test('an update rule may leave a weight as it is', async () => {
  const frozen = defineOptimizer({
    name: 'frozen',
    settings: { learningRate },
    create: () => ({ slots: [], at: () => (weight) => weight }),
  });
  expect(await trained({ optimizer: frozen() })).toBeUndefined();
});

describe('defineOptimizer', () => {
  const create = () => ({ slots: [], at: () => (weight: tf.Tensor) => weight });

  test.each([['adam'], ['']])('refuses the name "%s"', (name) => {
    expect(() => defineOptimizer({ name, settings: { learningRate }, create })).toThrow(
      'expected a new name',
    );
  });

  test('refuses settings without a learning rate', () => {
    expect(() =>
      defineOptimizer({ name: 'none', settings: {} as { learningRate: typeof learningRate }, create }),
    ).toThrow('expected a new name and learningRate among the settings');
  });

  test.each<[object, string]>([
    [{ learningRate: -1 }, 'mine: learningRate: expected a number above 0, received -1'],
    [{ rate: 1 }, 'mine: rate: expected one of the keys "learningRate", received 1'],
  ])('with %j is refused in the usual words', (settings, message) => {
    const mine = defineOptimizer({ name: 'mine', settings: { learningRate }, create });
    expect(() => mine(settings)).toThrow(message);
  });
});
