import type { LayerInput, TutorialInput } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import {
  buildModel,
  createLogitsFunction,
  logitsModel,
  parseModelSpec,
  readWeights,
  setDropoutPosition,
  writeWeights,
} from '../index.ts';

type Forward = (inputs: tf.Tensor, training: boolean) => tf.Tensor;

/** The logits, and the gradient of their squares' sum with respect to every weight. */
const resultsOf = (model: LayersModel, forward: Forward, training: boolean): number[][] =>
  tf.tidy(() => {
    const [, ...shape] = model.inputs[0]!.shape as number[];
    const x = tf.randomNormal([3, ...shape], 0, 1, 'float32', 5);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const at = () => setDropoutPosition(model, { step: 4 });
    at();
    const logits = forward(x, training);
    at();
    const { grads } = tf.variableGrads(() => tf.sum(tf.square(forward(x, training))), variables);
    return [logits, ...variables.map(({ name }) => grads[name]!)].map((tensor) => [...tensor.dataSync()]);
  });

/** Weights that no draw can make dead. */
const setWeights = async (model: LayersModel): Promise<void> => {
  const weights = await readWeights(model);
  writeWeights(
    model,
    weights.map((weight) => ({
      ...weight,
      values: weight.values.map(
        (_, i) => 0.3 * Math.sin(i * i + 1) + (weight.name.endsWith('variance') ? 0.5 : 0),
      ),
    })),
  );
};

const expectSameResults = async (model: LayersModel): Promise<void> => {
  await setWeights(model);
  const stock = logitsModel(model);
  const logitsOf = createLogitsFunction(model);
  const before = tf.memory().numTensors;
  for (const training of [true, false]) {
    const expected = resultsOf(model, (x) => stock.apply(x, { training }) as tf.Tensor, training);
    const found = resultsOf(model, (x) => logitsOf(x, { training }), training);
    for (const [i, quantity] of expected.entries()) {
      const scale = Math.max(...quantity.map(Math.abs));
      expect(scale).toBeGreaterThan(0);
      const differences = quantity.map((number, j) => Math.abs(number - found[i]![j]!));
      expect(Math.max(...differences) / scale).toBeLessThan(1e-5);
    }
  }
  expect(tf.memory().numTensors).toBe(before);
};

const { conv2d, dense, dropout, flatten, inputLayer, maxPooling2d } = layers;
const classes = () => [flatten(), dense({ units: 3, activation: 'softmax' })];

describe('the logits and gradients of logitsModel', () => {
  test.each<[string, TutorialInput | { readonly layers: LayerInput[] }]>([
    ['two blocks with dropout', {}],
    ['padding same, no dropout', { padding: 'same', dropout: { rate: 0 } }],
    ['channels first', { dataFormat: 'channels_first' }],
    ['dropout on the input', { dropout: { rate: 0.3, inputRate: 0.1 } }],
    [
      'strides, no bias, activations, pooling of its own stride, a scale at the end',
      {
        layers: [
          { kind: 'normalization', mean: [0.5, 0.4, 0.3], variance: 0.06 },
          { kind: 'conv2d', filters: 4, strides: 2, padding: 'same', activation: 'gelu' },
          { kind: 'conv2d', filters: 5, kernelSize: 2, useBias: false, kernelInitializer: 'partial_dirac' },
          { kind: 'batch_normalization', scale: false },
          { kind: 'activation', activation: 'gelu_approximate' },
          { kind: 'max_pooling2d', strides: 1 },
          { kind: 'conv2d', filters: 4, kernelSize: 1, activation: 'relu', useBias: false },
          { kind: 'max_pooling2d', poolSize: 3, strides: 2, padding: 'same' },
          { kind: 'global_average_pooling2d' },
          { kind: 'dense', units: 10, useBias: false },
          { kind: 'rescaling', scale: 1 / 9 },
        ],
      },
    ],
  ])('of a spec: %s', async (_, spec) => {
    const small: TutorialInput = { inputShape: [12, 12, 3], filters: [4, 5], units: [6] };
    const model = buildModel(
      parseModelSpec('layers' in spec ? { inputShape: [12, 12, 3], ...spec } : { ...small, ...spec }),
      1,
    );
    await expectSameResults(model);
    model.dispose();
  });

  test.each<[string, Parameters<typeof conv2d>[0], Parameters<typeof maxPooling2d>[0]]>([
    ['strides', { filters: 4, kernelSize: 3, strides: 2, activation: 'relu' }, { poolSize: 2 }],
    ['overlapping windows', { filters: 4, kernelSize: 3, activation: 'relu' }, { poolSize: 3, strides: 2 }],
    ['windows beyond the edge', { filters: 4, kernelSize: 2, activation: 'relu' }, { padding: 'same' }],
    ['no bias', { filters: 4, kernelSize: 3, activation: 'relu', useBias: false }, {}],
    ['another activation', { filters: 4, kernelSize: 3, activation: 'tanh' }, {}],
  ])('of other models: %s', async (_, convolution, pooling) => {
    const model = sequential({
      layers: [
        conv2d({ ...convolution, inputShape: [9, 9, 2] }),
        maxPooling2d(pooling),
        conv2d({ filters: 2, kernelSize: 2, activation: 'relu' }),
        ...classes(),
      ],
    });
    await expectSameResults(model);
    model.dispose();
  });

  test('of a model that branches, and of a nested model', async () => {
    const input = inputLayer({ inputShape: [8, 8, 2] }).output as SymbolicTensor;
    const convolved = conv2d({ filters: 4, kernelSize: 3, activation: 'relu' }).apply(input);
    const branches = [maxPooling2d({ poolSize: 2 }), conv2d({ filters: 4, kernelSize: 4 })].map(
      (layer) => flatten().apply(layer.apply(convolved)) as SymbolicTensor,
    );
    const merged = layers.concatenate().apply(branches);
    const outputs = dense({ units: 3, activation: 'softmax' }).apply(merged) as SymbolicTensor;
    const branching = functional({ inputs: input, outputs });
    await expectSameResults(branching);

    const outer = sequential({
      layers: [
        sequential({
          layers: [conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 2] }), dropout({ rate: 0 })],
        }),
        ...classes(),
      ],
    });
    await expectSameResults(outer);
    branching.dispose();
    outer.dispose();
  });
});

test.each<[string, TutorialInput | { readonly layers: LayerInput[] }]>([
  ['before a pooling', { filters: [4, 5], units: [6] }],
  [
    'with an activation of its own',
    {
      layers: [
        { kind: 'rescaling', scale: 2 },
        { kind: 'conv2d', filters: 4, activation: 'gelu', useBias: false },
        { kind: 'conv2d', filters: 4 },
        { kind: 'flatten' },
        { kind: 'dense', units: 10, activation: 'softmax' },
      ],
    },
  ],
])('the gradient of the images is not computed: a convolution %s', async (_, settings) => {
  const spec = parseModelSpec({ inputShape: [12, 12, 3], ...(settings as object) });
  const model = buildModel(spec, 1);
  const logitsOf = createLogitsFunction(model);
  const { kernels } = await tf.profile(() => resultsOf(model, (x) => logitsOf(x, { training: true }), true));
  // On wasm each is one with its pooling, FusedConv2DMaxPoolBackpropFilter.
  const count = (end: string) =>
    kernels.filter(({ name }) => name.includes('Conv2D') && name.endsWith(end)).length;
  expect(count('BackpropFilter')).toBe(2);
  expect(count('BackpropInput')).toBe(1);
  model.dispose();
});

test('a dilated convolution keeps the refusal of its gradient', () => {
  const model = sequential({
    layers: [
      conv2d({ filters: 2, kernelSize: 2, dilationRate: 2, activation: 'relu', inputShape: [8, 8, 2] }),
      maxPooling2d({}),
      ...classes(),
    ],
  });
  const logitsOf = createLogitsFunction(model);
  expect(() => resultsOf(model, (x) => logitsOf(x, { training: true }), true)).toThrow(/dilation/);
  model.dispose();
});

test('a layer is given the mask that one before it has made', () => {
  const model = sequential({
    layers: [
      layers.masking({ maskValue: 0, inputShape: [4, 2] }),
      layers.simpleRNN({ units: 3, recurrentInitializer: 'glorotUniform' }),
      layers.dense({ units: 2 }),
    ],
  });
  tf.tidy(() => {
    // The last two steps of the first sequence, and the first of the second, are not there.
    const x = tf.tensor([1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 5, 6, 7, 8, 9, 1], [2, 4, 2]);
    const expected = (model.predict(x) as tf.Tensor).dataSync();
    for (const training of [true, false]) {
      const found = createLogitsFunction(model)(x, { training }).dataSync();
      expect([...found]).toEqual([...expected].map((value) => expect.closeTo(value, 6)));
    }
    const unmasked = (model.layers.slice(1) as layers.Layer[]).reduce(
      (y, layer) => layer.call(y, {}) as tf.Tensor,
      x as tf.Tensor,
    );
    expect(Math.abs(unmasked.dataSync()[0]! - expected[0]!)).toBeGreaterThan(1e-3);
  });
  model.dispose();
});
