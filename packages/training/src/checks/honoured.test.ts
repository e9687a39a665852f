import type { Batch, BatchSource } from '@dropout-lab/contracts';
import { buildModel, parseModelSpec, readWeights, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { type Callback, createReplica, evaluate, type TrainOptions, train } from '../index.ts';
import {
  collect,
  configOf,
  imageSource,
  memorySink,
  noDropout,
  numClasses,
  only,
  tinyModel,
} from '../testing.ts';

const source = imageSource('train', { size: 10, batchSize: 4 });
const validation = imageSource('validation', { size: 6, batchSize: 3 });
const config = configOf({ epochs: 2 });

const trained = async (model: LayersModel, options: Partial<TrainOptions> = {}) => {
  const events = await collect(train({ model, config, train: source, ...options }));
  return { events, weights: (await readWeights(model)).map(({ values }) => values) };
};

test('300 classes: in training and in validation of the same images there is one loss', async () => {
  const numClasses = 300;
  const images = Float32Array.from({ length: numClasses * 2 }, (_, i) => (i % 7) / 7);
  const labels = Uint16Array.from({ length: numClasses }, (_, i) => i);
  const whole: BatchSource = {
    size: numClasses,
    batchSize: numClasses,
    batchesPerEpoch: 1,
    imageShape: [2],
    batch: () => ({ images, labels, size: numClasses }),
  };
  const model = sequential({
    layers: [layers.dense({ units: numClasses, activation: 'softmax', inputShape: [2] })],
  });
  const { loss } = await evaluate(createReplica(model), whole);
  const { events } = await trained(model, { train: whole, config: configOf({ epochs: 1 }) });
  expect(only('step', events)[0]!.loss).toBeCloseTo(loss, 5);
  model.dispose();
});

test.each(['logits', 'probabilities'])(
  'a scale of logits is part of the loss: a model that ends in %s',
  async (end) => {
    const model = buildModel(
      parseModelSpec({
        inputShape: [...source.imageShape] as [number, number, number],
        numClasses,
        layers: [
          { kind: 'normalization', mean: 0.5, variance: 0.06 },
          { kind: 'conv2d', filters: 4, strides: 2, useBias: false, activation: 'gelu' },
          { kind: 'batch_normalization', scale: false, momentum: 0.6 },
          { kind: 'activation', activation: 'silu' },
          { kind: 'global_average_pooling2d' },
          { kind: 'dense', units: numClasses, useBias: false },
          { kind: 'rescaling', scale: 5 },
          ...(end === 'logits' ? [] : [{ kind: 'activation', activation: 'softmax' } as const]),
        ],
      }),
      1,
    );
    const { images, labels, size } = (await source.batch(0, 0)) as Batch;
    const expected = tf.tidy(() => {
      const x = tf.tensor(images as Float32Array, [size, ...source.imageShape]);
      // Normalized by this batch, as in training.
      const output = model.apply(x, { training: true }) as tf.Tensor;
      const probabilities = end === 'logits' ? tf.softmax(output) : output;
      const targets = tf.oneHot(tf.tensor1d([...(labels as Uint8Array)], 'int32'), numClasses);
      return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.log(probabilities)), 1))).dataSync()[0]!;
    });
    const before = (await readWeights(model)).map(({ values }) => values);
    const { events, weights } = await trained(model);
    expect(only('step', events)[0]!.loss).toBeCloseTo(expected, 5);
    // Every variable has moved.
    expect(weights.filter((values, i) => `${values}` === `${before[i]}`)).toEqual([]);
    model.dispose();
  },
);

describe('what a model was compiled with', () => {
  test('is its loss where the configuration has none', async () => {
    const build = () => tinyModel(noDropout);
    const { loss: _, ...withoutLoss } = config;
    const [compiled, withLoss, other] = [build(), build(), build()];
    for (const model of [withLoss, other]) writeWeights(model, await readWeights(compiled));
    compiled.compile({ optimizer: tf.train.adam(0.001), loss: 'meanSquaredError', metrics: ['accuracy'] });
    const { weights } = await trained(compiled, { config: withoutLoss });
    expect(
      (await trained(withLoss, { config: { ...config, loss: { name: 'mean_squared_error' } } })).weights,
    ).toEqual(weights);
    expect((await trained(other)).weights).not.toEqual(weights);
    for (const model of [compiled, withLoss, other]) model.dispose();
  });
});

test('a custom loss: its values and its gradients', async () => {
  const build = () => tinyModel(noDropout);
  const [own, known] = [build(), build()];
  writeWeights(own, await readWeights(known));
  const rows = (targets: tf.Tensor, outputs: tf.Tensor) =>
    tf.mean(tf.squaredDifference(targets, outputs), -1);
  const found = await trained(own, { config: { ...config, loss: { name: 'mine', rows } }, validation });
  const expected = await trained(known, {
    config: { ...config, loss: { name: 'mean_squared_error' } },
    validation,
  });
  const lossesOf = ({ events }: typeof found) =>
    only('epoch', events).flatMap(({ logs }) => [logs.loss, logs['val_loss']!]);
  expect(lossesOf(found)).toEqual(lossesOf(expected).map((loss) => expect.closeTo(loss, 6)));
  found.weights.forEach((values, i) => {
    expect([...values]).toEqual([...expected.weights[i]!].map((value) => expect.closeTo(value, 5)));
  });
  own.dispose();
  known.dispose();
});

test('the callbacks that a configuration has', async () => {
  const model = tinyModel();
  const stopping = configOf({
    epochs: 9,
    callbacks: [{ name: 'early_stopping', monitor: 'accuracy', minDelta: 1, patience: 1 }],
  });
  const { events } = await trained(model, { config: stopping });
  expect(events.at(-1)).toMatchObject({ reason: 'early_stopping', epoch: 2 });
  model.dispose();
});

describe('batches that are promises', () => {
  const later = (asked: number[] = []): BatchSource => ({
    ...source,
    batch: async (epoch, index) => {
      asked.push(epoch * source.batchesPerEpoch + index);
      await new Promise((resolve) => setTimeout(resolve, 2));
      return source.batch(epoch, index);
    },
  });

  test('train and evaluate to the same bits as batches that are not', async () => {
    const build = () => tinyModel(noDropout);
    const [here, there] = [build(), build()];
    writeWeights(there, await readWeights(here));
    const expected = await trained(here, { validation: source });
    const found = await trained(there, { train: later(), validation: later() });
    expect(found.weights).toEqual(expected.weights);
    const logsOf = ({ events }: typeof found) => only('epoch', events).map(({ logs }) => logs);
    expect(logsOf(found)).toEqual(logsOf(expected));
    here.dispose();
    there.dispose();
  });

  test('are asked for once each, while the one before is computed, and none beyond the last epoch', async () => {
    const model = tinyModel();
    const replica = createReplica(model);
    const asked: number[] = [];
    const atEachStep: number[][] = [];
    await trained(model, {
      train: later(asked),
      replica: {
        ...replica,
        gradients: async (...args) => {
          const result = await replica.gradients(...args);
          atEachStep.push([...asked]);
          return result;
        },
      },
    });
    expect(asked).toEqual([0, 1, 2, 3, 4, 5]);
    expect(atEachStep[0]).toEqual([0, 1]);
    model.dispose();
  });

  test('one that is rejected ends the run with its reason, when it is needed', async () => {
    const model = tinyModel();
    const failing: BatchSource = {
      ...source,
      batch: async (epoch, index): Promise<Batch> => {
        if (index === 1) throw new Error('the disk is gone');
        return source.batch(epoch, index);
      },
    };
    const events: string[] = [];
    const run = async () => {
      for await (const { kind } of train({ model, config, train: failing })) events.push(kind);
    };
    await expect(run()).rejects.toThrow('the disk is gone');
    expect(events).toEqual(['run-started', 'step']);
    model.dispose();
  });
});

describe('batches that misbehave', () => {
  test('one that throws at once does so in its own step, and the step before is kept', async () => {
    const model = tinyModel();
    const failing: BatchSource = {
      ...source,
      batch: (epoch, index) => {
        if (index === 1) throw new Error('the disk is gone');
        return source.batch(epoch, index);
      },
    };
    const before = tf.memory().numTensors;
    const events: string[] = [];
    const run = async () => {
      for await (const { kind } of train({ model, config, train: failing })) events.push(kind);
    };
    await expect(run()).rejects.toThrow('the disk is gone');
    expect(events).toEqual(['run-started', 'step']);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  test.each(['train', 'validation'] as const)(
    'one of %s that never comes does not keep an interruption waiting',
    async (which) => {
      const model = tinyModel();
      const never: BatchSource = { ...source, batch: () => new Promise(() => {}) };
      const abort = new AbortController();
      setTimeout(() => abort.abort(), 20);
      const { events } = await trained(model, {
        config: configOf({ epochs: 1 }),
        validation: source,
        [which]: never,
        signal: abort.signal,
      });
      expect(events.at(-1)).toMatchObject({ reason: 'interrupted' });
      model.dispose();
    },
  );

  test('one that fails after an interruption causes no error', async () => {
    const model = tinyModel();
    const abort = new AbortController();
    const late: BatchSource = {
      ...source,
      batch: async () => {
        await new Promise((resolve) => setTimeout(resolve, 5));
        throw new Error('too late');
      },
    };
    const unhandled: unknown[] = [];
    const listen = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', listen);
    for await (const event of train({
      model,
      config,
      train: source,
      validation: late,
      signal: abort.signal,
    })) {
      if (event.kind === 'validating') abort.abort();
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
    model.dispose();
  });

  test('labels of several types are refused in an evaluation, where they would wrap', async () => {
    const model = tinyModel();
    const types = [Uint8Array, Uint16Array, Int32Array];
    const mixed: BatchSource = {
      ...source,
      batch: (epoch, index) => {
        const batch = source.batch(epoch, index);
        return { ...batch, labels: types[index]!.from(batch.labels) };
      },
    };
    await expect(evaluate(createReplica(model), mixed)).rejects.toThrow(
      'batch 2: labels: expected a Uint8Array as in the first batch, found a Uint16Array',
    );
    model.dispose();
  });
});

test('a custom loss sees the same shape in training and in validation', async () => {
  const model = sequential({
    layers: [layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 3] })],
  });
  const shapes = new Set<string>();
  const rows = (targets: tf.Tensor, outputs: tf.Tensor) => {
    shapes.add(`${targets.shape} ${outputs.shape}`);
    return tf.mean(tf.abs(tf.sub(targets, outputs)), [1, 2, 3]);
  };
  const pictures: BatchSource = {
    ...source,
    size: 4,
    batchesPerEpoch: 1,
    batch: () => ({ ...source.batch(0, 0), labels: new Float32Array(4 * 6 * 6 * 2) }),
  };
  const loss = { name: 'mine', rows };
  const frozenRate = configOf({ epochs: 1, optimizer: { name: 'sgd', learningRate: 1e-30 } });
  const { events } = await trained(model, {
    config: { ...frozenRate, loss },
    train: pictures,
    validation: pictures,
  });
  const { logs } = only('epoch', events)[0]!;
  expect(logs.val_loss).toBeCloseTo(logs.loss, 6);
  expect([...shapes]).toEqual(['4,6,6,2 4,6,6,2']);
  model.dispose();
});

test('weights that a callback makes NaN are in no checkpoint, and end the run', async () => {
  const model = tinyModel();
  const checkpoints = memorySink();
  const spoil: Callback = {
    name: 'spoil',
    onEpochEnd: (_, { epoch }) => {
      if (epoch === 2)
        tf.tidy(() => model.setWeights(model.getWeights().map((one) => tf.mul(one, Number.NaN))));
    },
  };
  const { events } = await trained(model, { checkpoints, callbacks: [spoil] });
  expect(events.at(-1)).toMatchObject({
    reason: 'nan',
    message: expect.stringContaining('is not finite after epoch 2'),
  });
  const values = checkpoints.saved.flatMap(({ snapshot }) =>
    snapshot.weights.flatMap((weight) => [...weight.values]),
  );
  expect(values.every(Number.isFinite)).toBe(true);
  model.dispose();
});

test.each([
  ['a loss without its settings has their defaults', { name: 'huber' }, undefined],
  ['an unknown loss is refused by its name', { name: 'poisson' }, 'loss: name: expected one of'],
  [
    'a setting out of range too',
    { name: 'huber', delta: -1 },
    'loss: delta: expected a number above 0, received -1',
  ],
])('%s, in plain JavaScript', async (_, loss, message) => {
  const model = tinyModel(noDropout);
  const run = trained(model, { config: { ...config, loss: loss as never }, validation });
  if (message) await expect(run).rejects.toThrow(message);
  else expect(only('epoch', (await run).events)[0]!.logs.val_loss).toBeGreaterThan(0);
  model.dispose();
});

test('a model of many residual blocks is looked through once, not once for each path', async () => {
  const inputs = input({ shape: [8, 8, 3] });
  let x = layers.flatten().apply(inputs) as SymbolicTensor;
  x = layers.dense({ units: 2 }).apply(x) as SymbolicTensor;
  // 2^40 paths lead to the output.
  for (let block = 0; block < 40; block++) {
    const inner = layers.dense({ units: 2, kernelInitializer: 'zeros' }).apply(x) as SymbolicTensor;
    x = layers.add().apply([x, inner]) as SymbolicTensor;
  }
  const model = functional({ inputs, outputs: layers.dense({ units: 3 }).apply(x) as SymbolicTensor });
  const { events } = await trained(model, { config: configOf({ epochs: 1 }) });
  expect(events.at(-1)).toMatchObject({ reason: 'completed' });
  model.dispose();
});
