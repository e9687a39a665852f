import {
  type OptimizerConfig,
  optimizerSchema,
  parseRunConfig,
  type WeightGroup,
} from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import fixtures from '../../fixtures/optimizers.json' with { type: 'json' };
import { createOptimizer, TrainingError } from '../index.ts';
import { closeTo, namesWithout } from '../testing.ts';

/** Updates of six weights by Keras, which keeps its slots under our names. */
interface Case {
  readonly settings: OptimizerConfig;
  readonly shape: readonly number[];
  readonly initial: readonly number[];
  readonly gradients: readonly (readonly number[])[];
  /** After each update. */
  readonly weights: readonly (readonly number[])[];
  /** After the last. */
  readonly slots: Readonly<Record<string, readonly number[]>>;
}

const cases = Object.values(fixtures as unknown as Readonly<Record<string, readonly Case[]>>).flat();

/** A variable of some initial weights, and its optimizer. */
const start = (config: OptimizerConfig, values: readonly number[], size: readonly number[], name = 'w') => {
  const shape = [...size];
  const variable = tf.variable(tf.tensor([...values], shape));
  const optimizer = createOptimizer(config, [{ name, variable }]);
  const update = (gradient: readonly number[], step: number): number[] => {
    const gradients = [tf.tensor([...gradient], shape)];
    optimizer.update(gradients, config.learningRate, step);
    tf.dispose(gradients);
    return [...variable.dataSync()];
  };
  return { variable, optimizer, update };
};
const adamCase = (fixtures as unknown as { readonly adam: readonly [Case] }).adam[0];
const adam = parseRunConfig({}).optimizer;
type Sgd = Extract<OptimizerConfig, { name: 'sgd' }>;
const sgd = parseRunConfig({ optimizer: { name: 'sgd' } }).optimizer as Sgd;
const momentum: Sgd = { ...sgd, learningRate: 0.1, momentum: 0.9 };
const startCase = ({ settings, initial, shape }: Case) => start(settings, initial, shape);

test('there are outputs of Keras for every optimizer', () => {
  expect(namesWithout(optimizerSchema, fixtures)).toBe('');
});

describe('against Keras, weights after each update by gradients of 1e-7 to 1, and the slots', () => {
  for (const one of cases) {
    test(JSON.stringify(one.settings), async () => {
      const { update, optimizer } = startCase(one);
      const weights = one.gradients.map(update);
      // Muon's update is of the whole matrix, and as exact as its size: the learning rate's.
      const scale = one.settings.name === 'muon' ? one.settings.learningRate : undefined;
      // Weight by weight: those that begin at 0 stay small.
      one.initial.forEach((_, i) => {
        const course = (of: readonly (readonly number[])[]) => of.map((after) => after[i]!);
        expect(course(weights)).toEqual(closeTo(course(one.weights), scale));
      });
      const slots = await optimizer.readSlots();
      expect(slots.map(({ name }) => name)).toEqual(Object.keys(one.slots));
      for (const { name, values } of slots) expect([...values]).toEqual(closeTo(one.slots[name]!));
    });
  }
});

describe('against the formulas in float64', () => {
  const { initial, gradients } = adamCase;
  const first = gradients.map(([g]) => g!);
  const startFirst = (config: OptimizerConfig) => start(config, initial, adamCase.shape);

  test('Adam, epsilon outside the bias correction', () => {
    const { update } = startFirst(adam);
    let [w, m, v] = [initial[0]!, 0, 0];
    gradients.forEach((gradient, step) => {
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
      const { update } = startFirst({ ...momentum, nesterov });
      let [w, velocity] = [initial[0]!, 0];
      gradients.forEach((gradient, step) => {
        const g = first[step]!;
        velocity = 0.9 * velocity - 0.1 * g;
        w += nesterov ? 0.9 * velocity - 0.1 * g : velocity;
        expect(update(gradient, step)[0]).toBeCloseTo(w, 6);
      });
    }
  });

  test('momentum and Nesterov in the form of PyTorch, with a changing rate, decay in the gradient', () => {
    for (const nesterov of [false, true]) {
      const config: Sgd = { ...momentum, nesterov, momentumForm: 'pytorch', weightDecay: 0.05 };
      const { optimizer, variable } = startFirst({ ...config, weightDecayMode: 'coupled' });
      let [w, buffer] = [initial[0]!, 0];
      gradients.forEach((gradient, step) => {
        const rate = 0.1 / (step + 1);
        const g = first[step]! + 0.05 * w;
        buffer = 0.9 * buffer + g;
        w -= rate * (nesterov ? g + 0.9 * buffer : buffer);
        tf.tidy(() => optimizer.update([tf.tensor([...gradient], variable.shape)], rate, step));
        expect(variable.dataSync()[0]).toBeCloseTo(w, 6);
      });
    }
  });

  test('the forms of momentum are the same only while the rate is', () => {
    const pytorch: Sgd = { ...momentum, momentumForm: 'pytorch' };
    for (const [rates, isSame] of [
      [[0.1, 0.1], true],
      [[0.1, 0.05], false],
    ] as const) {
      const [a, b] = [momentum, pytorch].map((config) => {
        const { optimizer, variable } = start(config, [1], [1]);
        rates.forEach((rate, step) => {
          tf.tidy(() => optimizer.update([tf.tensor([1], [1])], rate, step));
        });
        return variable.dataSync()[0]!;
      });
      // Keras: 1 - .1 - (.9 * .1 + r); PyTorch: 1 - .1 - r * 1.9.
      expect(Math.abs(a! - b!) < 1e-6).toBe(isSame);
      expect(b).toBeCloseTo(0.9 - rates[1] * 1.9, 6);
    }
  });

  test('SGD by hand: 1 - 0.01 * 0.5, then at another learning rate', () => {
    const { optimizer, variable, update } = start(sgd, [1], [1]);
    expect(update([0.5], 0)).toEqual([expect.closeTo(0.995, 7)]);
    tf.tidy(() => optimizer.update([tf.tensor([0.5], [1])], 1, 1));
    expect(variable.dataSync()[0]).toBeCloseTo(0.495, 6);
  });
});

describe('clipping by hand, before weight decay', () => {
  const clipped = (
    settings: Partial<Sgd>,
    gradients: readonly (readonly number[])[],
    groups: WeightGroup[] = [],
  ) => {
    const variables = gradients.map((gradient, i) => ({
      name: `${'ab'[i]}/kernel`,
      variable: tf.variable(tf.zeros([gradient.length])),
    }));
    const optimizer = createOptimizer({ ...sgd, learningRate: 1, ...settings }, variables, { groups });
    tf.tidy(() =>
      optimizer.update(
        gradients.map((gradient) => tf.tensor1d([...gradient])),
        1,
        0,
      ),
    );
    const values = variables.map(({ variable }) => [...variable.dataSync()].map((value) => 0 - value));
    optimizer.dispose();
    tf.dispose(variables.map(({ variable }) => variable));
    return values;
  };
  const near = (values: readonly (readonly number[])[]) =>
    values.map((row) => row.map((value) => (Number.isNaN(value) ? value : expect.closeTo(value, 5))));
  const frozen = [{ weights: ['b/*'], learningRateFactor: 0, weightDecay: null, epochs: null }];

  test.each<[string, Partial<Sgd>, number[][], number[][], WeightGroup[]?]>([
    ['each norm', { clipnorm: 1 }, [[3, 4], [0.1]], [[0.6, 0.8], [0.1]]],
    ['a norm of 0', { clipnorm: 1 }, [[0, 0]], [[0, 0]]],
    ['each value', { clipvalue: 0.5 }, [[3, -4], [0.1]], [[0.5, -0.5], [0.1]]],
    ['not NaN', { clipvalue: 0.5 }, [[Number.NaN, 4]], [[Number.NaN, 0.5]]],
    ['the norm of all', { globalClipnorm: 2.5 }, [[3], [-4]], [[1.5], [-2]]],
    ['a small norm of all', { globalClipnorm: 25 }, [[3], [-4]], [[3], [-4]]],
    ['no gradient of frozen weights', { globalClipnorm: 3 }, [[3], [-4]], [[3], [0]], frozen],
  ])('%s', (_, settings, gradients, expected, groups) => {
    expect(clipped(settings, gradients, groups)).toEqual(near(expected));
  });
});

describe('Muon', () => {
  const muon = parseRunConfig({
    optimizer: { name: 'muon', learningRate: 1, momentum: 0, nesterov: false, rmsRate: null, weightDecay: 0 },
  }).optimizer as Extract<OptimizerConfig, { name: 'muon' }>;
  const values = Array.from({ length: 24 }, (_, i) => Math.sin(3 * i + 1));
  /** The update of weights of 0 by a gradient, and the names of the slots. */
  const updated = async (settings: Partial<typeof muon>, shape: number[], gradient = values, name = 'w') => {
    const { optimizer, update } = start(
      { ...muon, ...settings },
      new Array(gradient.length).fill(0),
      shape,
      name,
    );
    const moved = update(gradient, 0).map((value) => -value);
    const slots = (await optimizer.readSlots()).map((slot) => slot.name);
    optimizer.dispose();
    return { moved, slots };
  };

  test('makes the update of a matrix nearly orthogonal, in the space of its gradient', async () => {
    const { moved } = await updated({ nsSteps: 10 }, [4, 6]);
    const matrix = tf.tensor2d(moved, [4, 6]);
    const gram = tf.matMul(matrix, matrix, false, true).arraySync() as number[][];
    // Singular values of 0.68 to 1.13 (Jordan et al. 2024).
    gram.forEach((row, i) => {
      row.forEach((value, j) => {
        expect(Math.abs(value - (i === j ? 0.87 : 0))).toBeLessThan(0.45);
      });
    });
    matrix.dispose();
  });

  test('is the same for the transposed matrix, and for a kernel whose filters are the columns', async () => {
    const { moved } = await updated({}, [4, 6]);
    const transposed = Array.from({ length: 24 }, (_, i) => values[(i % 4) * 6 + Math.floor(i / 4)]!);
    const other = await updated({}, [6, 4], transposed);
    expect(other.moved).toEqual(
      Array.from({ length: 24 }, (_, i) => expect.closeTo(moved[(i % 4) * 6 + Math.floor(i / 4)]!, 5)),
    );
    const kernel = await updated({ convolutions: true }, [2, 2, 1, 6]);
    expect(kernel).toEqual({ moved, slots: ['momentum/w'] });
  });

  test('leaves vectors, kernels, embeddings and what is excluded to Adam', async () => {
    // The first update of Adam is the sign of the gradient.
    const signs = values.map((value) => expect.closeTo(Math.sign(value), 3));
    const slots = (name: string) => [`momentum/${name}`, `velocity/${name}`];
    const cases: [string, Partial<typeof muon>, number[]][] = [
      ['b', {}, [24]],
      ['k', {}, [2, 2, 1, 6]],
      ['Embedding_1/e', {}, [4, 6]],
      ['logits/kernel', { excludeLayers: ['logits'] }, [4, 6]],
    ];
    for (const [name, settings, shape] of cases) {
      expect(await updated({ adamWeightDecay: 0, ...settings }, shape, values, name)).toEqual({
        moved: signs,
        slots: slots(name),
      });
    }
    await expect(updated({ excludeLayers: ['dense'] }, [4, 6])).rejects.toThrow(
      'optimizer: excludeLayers[0]: expected a part of the path of a weight (w), received "dense"',
    );
  });
});

test('where a gradient is as small as epsilon, Adam’s first step is Keras’s and not tf.train.adam’s', () => {
  // m = 1e-8, sqrt(v) = 1e-7 * sqrt(0.001), alpha = 0.001 * sqrt(0.001) / 0.1.
  const keras = (0.001 * Math.sqrt(0.001) * 10 * 1e-8) / (1e-7 * Math.sqrt(0.001) + 1e-7);
  // m-hat = 1e-7, sqrt(v-hat) = 1e-7.
  const stock = (0.001 * 1e-7) / (1e-7 + 1e-7);
  const { update } = start(adam, [0], [1]);
  expect(-update([1e-7], 0)[0]! / keras).toBeCloseTo(1, 4);

  const variable = tf.variable(tf.zeros([1]));
  tf.train
    .adam(0.001, 0.9, 0.999, 1e-7)
    .applyGradients([{ name: variable.name, tensor: tf.tensor1d([1e-7]) }]);
  expect(-variable.dataSync()[0]! / stock).toBeCloseTo(1, 4);
  expect(stock / keras).toBeGreaterThan(15);
});

describe('slots', () => {
  const startKernel = (config: OptimizerConfig) => start(config, [0, 0, 0, 0, 0, 0], [2, 3], 'dense/kernel');

  test('with the weights, are all that resuming needs', async () => {
    for (const one of cases) {
      const whole = startCase(one);
      one.gradients.slice(0, 4).forEach(whole.update);
      const slots = await whole.optimizer.readSlots();
      for (const slot of slots) expect(slot.shape).toEqual(one.shape);

      const resumed = startCase({ ...one, initial: [...whole.variable.dataSync()] });
      resumed.optimizer.writeSlots(slots);
      expect(await resumed.optimizer.readSlots()).toEqual(slots);
      one.gradients.slice(4).forEach((gradient, i) => {
        expect(resumed.update(gradient, 4 + i)).toEqual(whole.update(gradient, 4 + i));
      });
    }
  });

  test('are copies both ways', async () => {
    const { optimizer } = startCase(adamCase);
    const slots = (await optimizer.readSlots()).map((slot) => ({ ...slot, values: slot.values.fill(7) }));
    expect((await optimizer.readSlots())[0]!.values).toEqual(new Float32Array(6));
    optimizer.writeSlots(slots);
    for (const { values } of slots) values.fill(0);
    expect((await optimizer.readSlots())[0]!.values).toEqual(new Float32Array(6).fill(7));
  });

  test('of another optimizer, model or shape are refused, and the old kept', async () => {
    const { optimizer, update } = startKernel(momentum);
    update([1, 2, 3, 4, 5, 6], 0);
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
    expect(() => startKernel(sgd).optimizer.writeSlots(kept)).toThrow(
      'expected none, found velocity/dense/kernel',
    );
    expect(await optimizer.readSlots()).toEqual(kept);
  });
});

test('updates leave no tensor behind, and dispose frees the slots', () => {
  for (const one of cases) {
    const before = tf.memory().numTensors;
    const { variable, optimizer, update } = startCase(one);
    const started = tf.memory().numTensors;
    one.gradients.forEach(update);
    expect(tf.memory().numTensors).toBe(started);
    optimizer.dispose();
    variable.dispose();
    // The tensor that the variable was made of.
    expect(tf.memory().numTensors).toBe(before + 1);
  }
});
