import { type OptimizerConfig, parseRunConfig } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import reference from '../fixtures/reference.json' with { type: 'json' };
import { createOptimizer, TrainingError } from './index.ts';

const adam = parseRunConfig({}).optimizer;
const sgd: OptimizerConfig = { name: 'sgd', learningRate: 0.01, momentum: 0, nesterov: false };
const configs: Record<keyof typeof reference.optimizers, OptimizerConfig> = {
  adam,
  adam_other: { name: 'adam', learningRate: 0.01, beta1: 0.8, beta2: 0.9, epsilon: 1e-3 },
  sgd,
  momentum: { ...sgd, learningRate: 0.1, momentum: 0.9 },
  nesterov: { ...sgd, learningRate: 0.1, momentum: 0.9, nesterov: true },
};
const shape = [2, 3];

/** A variable of the reference's initial weights, and its optimizer. */
const start = (config: OptimizerConfig, name = 'dense/kernel', values = reference.initial, size = shape) => {
  const variable = tf.variable(tf.tensor(values, size));
  const optimizer = createOptimizer(config, [{ name, variable }]);
  const update = (gradient: readonly number[], step: number): number[] => {
    const gradients = [tf.tensor([...gradient], size)];
    optimizer.update(gradients, config.learningRate, step);
    tf.dispose(gradients);
    return [...variable.dataSync()];
  };
  return { variable, optimizer, update };
};

describe('against Keras, after each of eight updates by gradients of 1e-7 to 1', () => {
  for (const name of Object.keys(configs) as (keyof typeof configs)[]) {
    test(name, () => {
      const { update } = start(configs[name]);
      reference.gradients.forEach((gradient, step) => {
        const keras = reference.optimizers[name][step]!;
        expect(update(gradient, step)).toEqual(keras.map((weight) => expect.closeTo(weight, 6)));
      });
    });
  }
});

describe('against the formulas in float64', () => {
  const first = reference.gradients.map(([g]) => g!);

  test('Adam, epsilon outside the bias correction', () => {
    const { update } = start(adam);
    let [w, m, v] = [reference.initial[0]!, 0, 0];
    reference.gradients.forEach((gradient, step) => {
      const g = first[step]!;
      m = 0.9 * m + 0.1 * g;
      v = 0.999 * v + 0.001 * g * g;
      const alpha = (0.001 * Math.sqrt(1 - 0.999 ** (step + 1))) / (1 - 0.9 ** (step + 1));
      w -= (alpha * m) / (Math.sqrt(v) + 1e-7);
      expect(update(gradient, step)[0]).toBeCloseTo(w, 6);
    });
  });

  test('momentum and Nesterov, the learning rate inside the velocity', () => {
    for (const nesterov of [false, true]) {
      const { update } = start({ ...configs.momentum, nesterov } as OptimizerConfig);
      let [w, velocity] = [reference.initial[0]!, 0];
      reference.gradients.forEach((gradient, step) => {
        const g = first[step]!;
        velocity = 0.9 * velocity - 0.1 * g;
        w += nesterov ? 0.9 * velocity - 0.1 * g : velocity;
        expect(update(gradient, step)[0]).toBeCloseTo(w, 6);
      });
    }
  });

  test('SGD by hand: 1 - 0.01 * 0.5, then at another learning rate', () => {
    const { optimizer, variable, update } = start(sgd, 'w', [1], [1]);
    expect(update([0.5], 0)).toEqual([expect.closeTo(0.995, 7)]);
    tf.tidy(() => optimizer.update([tf.tensor([0.5], [1])], 1, 1));
    expect(variable.dataSync()[0]).toBeCloseTo(0.495, 6);
  });
});

test('where a gradient is as small as epsilon, Adam’s first step is Keras’s and not tf.train.adam’s', () => {
  // m = 1e-8, sqrt(v) = 1e-7 * sqrt(0.001), alpha = 0.001 * sqrt(0.001) / 0.1.
  const keras = (0.001 * Math.sqrt(0.001) * 10 * 1e-8) / (1e-7 * Math.sqrt(0.001) + 1e-7);
  // m-hat = 1e-7, sqrt(v-hat) = 1e-7.
  const stock = (0.001 * 1e-7) / (1e-7 + 1e-7);
  const { update } = start(adam, 'w', [0], [1]);
  expect(-update([1e-7], 0)[0]! / keras).toBeCloseTo(1, 4);

  const variable = tf.variable(tf.zeros([1]));
  tf.train
    .adam(0.001, 0.9, 0.999, 1e-7)
    .applyGradients([{ name: variable.name, tensor: tf.tensor1d([1e-7]) }]);
  expect(-variable.dataSync()[0]! / stock).toBeCloseTo(1, 4);
  expect(stock / keras).toBeGreaterThan(15);
});

describe('slots', () => {
  const names: Record<keyof typeof configs, string[]> = {
    adam: ['m/dense/kernel', 'v/dense/kernel'],
    adam_other: ['m/dense/kernel', 'v/dense/kernel'],
    sgd: [],
    momentum: ['velocity/dense/kernel'],
    nesterov: ['velocity/dense/kernel'],
  };

  test('with the weights, are all that going on needs', async () => {
    for (const name of Object.keys(configs) as (keyof typeof configs)[]) {
      const config = configs[name];
      const whole = start(config);
      reference.gradients.slice(0, 4).forEach(whole.update);
      const slots = await whole.optimizer.readSlots();
      expect(slots.map((slot) => slot.name)).toEqual(names[name]);
      for (const slot of slots) expect(slot.shape).toEqual(shape);

      const resumed = start(config, undefined, [...whole.variable.dataSync()]);
      resumed.optimizer.writeSlots(slots);
      expect(await resumed.optimizer.readSlots()).toEqual(slots);
      reference.gradients.slice(4).forEach((gradient, i) => {
        expect(resumed.update(gradient, 4 + i)).toEqual(whole.update(gradient, 4 + i));
      });
    }
  });

  test('are copies both ways', async () => {
    const { optimizer } = start(adam);
    const slots = (await optimizer.readSlots()).map((slot) => ({ ...slot, values: slot.values.fill(7) }));
    expect((await optimizer.readSlots())[0]!.values).toEqual(new Float32Array(6));
    optimizer.writeSlots(slots);
    for (const { values } of slots) values.fill(0);
    expect((await optimizer.readSlots())[0]!.values).toEqual(new Float32Array(6).fill(7));
  });

  test('of another optimizer, model or shape are refused, and the old kept', async () => {
    const { optimizer, update } = start(configs.momentum);
    update(reference.gradients[0]!, 0);
    const kept = await optimizer.readSlots();
    expect(() => optimizer.writeSlots([])).toThrow(
      new TrainingError(
        'optimizer state: expected velocity/dense/kernel [2 x 3], found none: resume with the optimizer and model that the run was started with',
      ),
    );
    const [slot] = kept;
    for (const wrong of [
      { ...slot!, name: 'm/dense/kernel' },
      { ...slot!, shape: [3, 2] },
      { ...slot!, name: 'velocity/dense_1/kernel' },
    ]) {
      expect(() => optimizer.writeSlots([wrong])).toThrow(TrainingError);
    }
    expect(() => start(sgd).optimizer.writeSlots(kept)).toThrow('expected none, found velocity/dense/kernel');
    expect(await optimizer.readSlots()).toEqual(kept);
  });
});

test('updates leave no tensor behind, and dispose frees the slots', () => {
  for (const config of Object.values(configs)) {
    const before = tf.memory().numTensors;
    const { variable, optimizer, update } = start(config);
    const started = tf.memory().numTensors;
    reference.gradients.forEach(update);
    expect(tf.memory().numTensors).toBe(started);
    optimizer.dispose();
    variable.dispose();
    // The tensor that the variable was made of.
    expect(tf.memory().numTensors).toBe(before + 1);
  }
});
