import { createGenerator, randomKey } from '@dropout-lab/random';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import {
  buildModel,
  initializeFromImages,
  layerWithoutImages,
  parseModelSpec,
  readWeights,
  writeWeights,
} from '../index.ts';

const spec = parseModelSpec({
  inputShape: [6, 5, 2],
  numClasses: 3,
  layers: [
    { kind: 'rescaling', scale: 2, offset: -1 },
    { kind: 'conv2d', name: 'whitening', filters: 16, kernelSize: 2, kernelInitializer: 'whitening' },
    { kind: 'residual', layers: [{ kind: 'conv2d', filters: 16, padding: 'same' }] },
    { kind: 'flatten' },
    { kind: 'dense', units: 3 },
  ],
});

const SIZE = 300;
const { nextFloat } = createGenerator(randomKey(4));
const values = Float32Array.from({ length: SIZE * 60 }, nextFloat);

test('the outputs of whitening are not correlated over the images as they arrive there', async () => {
  const before = tf.memory().numTensors;
  const model = buildModel(spec, 7);
  expect(layerWithoutImages(model)).toBe('whitening');
  const tensors = tf.memory().numTensors;
  let asked = 0;
  initializeFromImages(model, spec, (most) => {
    asked = most;
    return { values, size: SIZE };
  });
  expect(asked).toBe(5000);
  expect(tf.memory().numTensors).toBe(tensors);
  expect(layerWithoutImages(model)).toBe(undefined);
  const [kernel] = await readWeights(model);
  tf.tidy(() => {
    const images = tf.sub(tf.mul(tf.tensor4d(values, [SIZE, 6, 5, 2]), 2), 1) as tf.Tensor4D;
    const filters = tf.slice(tf.tensor4d(kernel!.values, [2, 2, 2, 16]), [0, 0, 0, 0], [2, 2, 2, 8]);
    const outputs = tf.reshape(tf.conv2d(images, filters as tf.Tensor4D, 1, 'valid'), [-1, 8]) as tf.Tensor2D;
    const covariance = tf.div(tf.matMul(outputs, outputs, true), outputs.shape[0]);
    const difference = tf.max(tf.abs(tf.sub(covariance, tf.eye(8)))).dataSync()[0]!;
    expect(difference).toBeLessThan(5e-3);
  });
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('weights that are set need no images', async () => {
  const [one, other] = [buildModel(spec, 7), buildModel(spec, 8)];
  initializeFromImages(one, spec, () => ({ values, size: SIZE }));
  writeWeights(other, await readWeights(one));
  expect(layerWithoutImages(other)).toBe(undefined);
  one.dispose();
  other.dispose();
});

test('no images are refused', () => {
  const model = buildModel(spec, 7);
  expect(() => initializeFromImages(model, spec, () => ({ values: new Float32Array(), size: 0 }))).toThrow(
    'whitening: kernelInitializer whitening: expected training images, received none',
  );
  model.dispose();
});

test.each([
  [15, 'an even number of at most 16'],
  [18, 'an even number of at most 16'],
])('%i filters from patches of 8 numbers are refused', (filters, expected) => {
  const layers = [
    { kind: 'conv2d', filters, kernelSize: 2, kernelInitializer: 'whitening' },
    { kind: 'flatten' },
    { kind: 'dense', units: 3 },
  ] as const;
  const build = () =>
    buildModel(parseModelSpec({ inputShape: [6, 5, 2], numClasses: 3, layers: [...layers] }), 1);
  expect(build).toThrow(
    `model spec: conv2d: filters: expected ${expected} with kernelInitializer whitening, twice the 8 numbers of a patch, received ${filters}`,
  );
});

test('a dense layer with whitening is refused', () => {
  const build = () =>
    buildModel(
      parseModelSpec({
        inputShape: [6, 5, 2],
        numClasses: 3,
        layers: [{ kind: 'flatten' }, { kind: 'dense', units: 3, kernelInitializer: 'whitening' }],
      }),
      1,
    );
  expect(build).toThrow('kernelInitializer: expected one for a dense kernel, received "whitening"');
});
