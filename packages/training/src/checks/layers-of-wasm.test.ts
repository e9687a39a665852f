/* The layers that are refused on wasm are those that the table in wasm-training's README says do not train there. */
import { readFileSync } from 'node:fs';
import { leafLayers } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { TrainingError } from '../errors.ts';
import { withLayers } from './refused/case.ts';
import { differentiable, requireGradients } from './require-gradients.ts';

const readme = readFileSync(new URL('../../../wasm-training/README.md', import.meta.url), 'utf8');
const verdicts = new Map(
  /<!-- layers: [^>]* -->\n([\s\S]*?)<!-- \/layers -->/
    .exec(readme)![1]!
    .trim()
    .split('\n')
    .slice(2)
    .map((row) => row.split(' | ').slice(0, 2) as [string, string])
    .map(([name, verdict]) => [name.replace('| ', ''), verdict]),
);

type Layer = layers.Layer;
const volume = () => layers.reshape({ targetShape: [2, 2, 4, 2] });

/** Each layer that does not train after a trained one, behind what gives it its shape. */
const refused: Readonly<Record<string, () => readonly Layer[]>> = {
  Embedding: () => [layers.flatten(), layers.embedding({ name: 'last', inputDim: 3, outputDim: 2 })],
  'Conv2D (dilationRate 2)': () => [
    layers.conv2d({ name: 'last', filters: 2, kernelSize: 2, dilationRate: 2 }),
  ],
  Conv3DTranspose: () => [volume(), layers.conv3dTranspose({ name: 'last', filters: 2, kernelSize: 2 })],
  CenterCrop: () => [layers.centerCrop({ name: 'last', height: 2, width: 2 })],
  Masking: () => [layers.reshape({ targetShape: [4, 8] }), layers.masking({ name: 'last' }) as Layer],
  CategoryEncoding: () => [
    layers.flatten(),
    layers.categoryEncoding({ name: 'last', numTokens: 3, outputMode: 'multiHot' }),
    layers.reshape({ targetShape: [3, 1] }),
  ],
  ThresholdedReLU: () => [layers.thresholdedReLU({ name: 'last' })],
};

test('the table has every layer whose gradient is not tried', () => {
  const all = [...differentiable].filter((name) => name !== 'InputLayer' && name !== 'Activation');
  expect(
    all.filter((name) => verdicts.get(name) !== 'yes' && verdicts.get(`${name} (GRU)`) !== 'yes'),
  ).toEqual([]);
});

test('what does not train there, or only as the first layer, is all that is refused', () => {
  const others = [...verdicts].filter(([, verdict]) => verdict !== 'yes').map(([name]) => name);
  expect(others).toEqual(Object.keys(refused));
});

describe.runIf(process.env['TEST_BACKEND'] === 'wasm')('on wasm, after a trained layer', () => {
  test.each(Object.entries(refused))('%s is refused by name', (name, create) => {
    const model = withLayers(...create());
    const leaves = leafLayers(model);
    expect(() => requireGradients(leaves)).toThrow(TrainingError);
    expect(() => requireGradients(leaves)).toThrow(
      `model: last (${name.split(' (')[0]}): expected a gradient`,
    );
    model.dispose();
  });

  test.each([
    ['Conv3D', () => layers.conv3d({ name: 'last', filters: 2, kernelSize: 2 })],
    ['AveragePooling2D', () => layers.averagePooling2d({ name: 'last', padding: 'same' })],
  ] as const)('%s is refused where the kernels of wasm-training are not registered', (name, create) => {
    const model = withLayers(...(name === 'Conv3D' ? [volume()] : []), create());
    requireGradients(leafLayers(model));
    const kernel = tf.getKernel(tf.UnsortedSegmentSum, 'wasm');
    tf.unregisterKernel(tf.UnsortedSegmentSum, 'wasm');
    try {
      expect(() => requireGradients(leafLayers(model))).toThrow(
        `model: last (${name}): expected the gradient of Keras on the backend wasm, found`,
      );
    } finally {
      tf.registerKernel(kernel);
    }
    model.dispose();
  });
});
