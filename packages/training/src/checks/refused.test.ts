import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { TrainingError } from '../index.ts';
import { modelOf, startCase, withOurDropout } from './refused/case.ts';
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

test('what is refused of wasm trains on cpu, and so does our Dropout everywhere', async () => {
  const wasmOnly = refused.flatMap(({ cases }) => cases).filter(({ backends }) => `${backends}` === 'wasm');
  expect(wasmOnly).toHaveLength(3);
  const builds = [withOurDropout, ...(backend === 'cpu' ? wasmOnly.map((one) => () => modelOf(one)) : [])];
  for (const build of builds) {
    const built = build();
    const events = await startCase({ what: '', message: '' }, built);
    expect(events.at(-1)).toMatchObject({ reason: 'completed' });
    built.dispose();
  }
});
