import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import {
  buildModel,
  createSlicedLogits,
  Dropout,
  logitsModel,
  parseModelSpec,
  passThroughSlices,
  setDropoutPosition,
} from '../index.ts';

/** Sequences of two steps, those of zeros masked, with batch normalization before and after what takes the mask. */
const maskedModel = (): LayersModel =>
  sequential({
    layers: [
      layers.masking({ maskValue: 0, inputShape: [2, 3] }),
      layers.batchNormalization({ momentum: 0.5 }),
      new Dropout({ name: 'drop', rate: 0.5, seed: 3 }),
      layers.simpleRNN({ units: 4, recurrentInitializer: 'glorotUniform' }),
      layers.batchNormalization({ momentum: 0.5 }),
      layers.dense({ units: 2 }),
    ],
  });

const rows = (): tf.Tensor[] => {
  const x = tf.randomUniform([5, 2, 3], -1, 1, 'float32', 7);
  const mask = tf.tensor([1, 1, 1, 0, 1, 1, 1, 0, 1, 1], [5, 2, 1]);
  return tf.split(tf.mul(x, mask), [1, 4]);
};

/** The gradients that come back for clones of the weights, one list for each slice, and the logits. */
const sliced = (model: LayersModel) => {
  const variables = model.trainableWeights.map((weight) => weight.read());
  const weights = [0, 1].map(() => variables.map((variable) => variable.clone()));
  const slices = [0, 1].map((rowOffset, i) => ({ rowOffset, weights: weights[i]! }));
  const logitsOf = createSlicedLogits(model);
  let logits: number[] = [];
  const gradients = passThroughSlices(model, { slices, step: 4 }, (within) =>
    tf.grads(() => {
      const found = logitsOf(rows(), { within });
      logits = found.flatMap((ofSlice) => [...ofSlice.dataSync()]);
      return tf.addN(found.map((ofSlice) => tf.sum(tf.square(ofSlice))));
    })(weights.flat()),
  );
  return {
    logits,
    gradients: variables.map((_, i) => [
      ...tf.add(gradients[i]!, gradients[variables.length + i]!).dataSync(),
    ]),
  };
};

test('slices of sequences have the logits and gradients of the whole batch, with their masks', () => {
  const model = maskedModel();
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const found = sliced(model);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    setDropoutPosition(model, { step: 4 });
    let logits: number[] = [];
    const { grads } = tf.variableGrads(() => {
      const whole = logitsModel(model).apply(tf.concat(rows()), { training: true }) as tf.Tensor;
      logits = [...whole.dataSync()];
      return tf.sum(tf.square(whole));
    }, variables);
    expect(found.logits).toEqual(logits.map((value) => expect.closeTo(value, 5)));
    expect(found.gradients).toEqual(
      variables.map(({ name }) => [...grads[name]!.dataSync()].map((value) => expect.closeTo(value, 4))),
    );
  });
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

test('a pass that throws leaves the weights as they were', () => {
  const model = maskedModel();
  const [weight] = model.trainableWeights;
  const variable = weight!.read();
  const other = tf.zerosLike(variable);
  const slices = [{ rowOffset: 0, weights: model.trainableWeights.map(() => other) }];
  const pass = () =>
    passThroughSlices(model, { slices, step: 0 }, (within) => {
      expect(weight!.read()).toBe(variable);
      within(0, () => expect(weight!.read()).toBe(other));
      throw new Error('stopped');
    });
  expect(pass).toThrow('stopped');
  expect(weight!.read()).toBe(variable);
  expect(Object.hasOwn(weight!, 'read')).toBe(false);
  other.dispose();
  model.dispose();
});

test('a first convolution of a model that branches has no gradient of the images', async () => {
  const spec = parseModelSpec({
    inputShape: [6, 6, 3],
    numClasses: 2,
    layers: [
      { kind: 'rescaling', scale: 2 },
      { kind: 'conv2d', filters: 3, activation: 'gelu', padding: 'same', useBias: false },
      { kind: 'residual', layers: [{ kind: 'conv2d', filters: 3, padding: 'same' }] },
      { kind: 'batch_normalization' },
      { kind: 'flatten' },
      { kind: 'dense', units: 2 },
    ],
  });
  const model = buildModel(spec, 1);
  const logitsOf = createSlicedLogits(model);
  const weights = model.trainableWeights.map((weight) => weight.read().clone());
  const { kernels } = await tf.profile(() =>
    tf.tidy(() => {
      const x = tf.randomNormal([4, 6, 6, 3], 0, 1, 'float32', 5);
      passThroughSlices(model, { slices: [{ rowOffset: 0, weights }], step: 0 }, (within) =>
        tf.grads(() => tf.sum(logitsOf([x], { within })[0]!))(weights),
      );
      return x;
    }),
  );
  const count = (end: string) => kernels.filter(({ name }) => name.endsWith(end)).length;
  expect(count('BackpropFilter')).toBe(2);
  expect(count('BackpropInput')).toBe(1);
  tf.dispose(weights);
  model.dispose();
});
