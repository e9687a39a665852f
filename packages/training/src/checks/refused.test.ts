import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { TrainingError } from '../index.ts';
import { dense, modelOf, startCase, withLayers, withOurDropout } from './refused/case.ts';
import { refused } from './refused/groups.ts';

const backend = process.env['TEST_BACKEND']!;

for (const { title, cases } of refused) {
  describe(`${title.toLowerCase()}, refused by name and before a weight changes`, () => {
    for (const one of cases.filter(({ backends = [backend] }) => backends.includes(backend))) {
      test(one.what, async () => {
        const built = modelOf(one);
        const weights = () => built.getWeights().map((weight) => [...weight.dataSync()]);
        const before = { tensors: tf.memory().numTensors, weights: weights() };
        const refusal = await startCase(one, built).catch((error: unknown) => error);
        expect(refusal).toBeInstanceOf(TrainingError);
        expect((refusal as Error).message).toContain(one.message);
        if (one.when !== 'epoch') expect(weights()).toEqual(before.weights);
        expect(tf.memory().numTensors).toBe(before.tensors);
        built.dispose();
      });
    }
  });
}

test('our Dropout trains on every backend, and so do layers whose gradients stock wasm does not have', async () => {
  const apart = ['depthwiseConv2d', 'separableConv2d'] as const;
  const words = (): LayersModel =>
    sequential({
      layers: [
        layers.flatten({ inputShape: [6, 6, 2] }),
        layers.embedding({ inputDim: 2, outputDim: 2 }),
        layers.flatten(),
        dense(),
      ],
    });
  const builds = [
    withOurDropout,
    ...apart.map((kind) => () => withLayers(layers[kind]({ filters: 2, kernelSize: 2 }))),
    words,
  ];
  for (const build of builds) {
    const built = build();
    const events = await startCase({ what: '', message: '' }, built);
    expect(events.at(-1)).toMatchObject({ reason: 'completed' });
    built.dispose();
  }
});
