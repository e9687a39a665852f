import type { LayerInput } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import { buildModel, parseModelSpec, setDropoutPosition, writeWeights } from '../index.ts';

const RATE = 0.25;
const spec = parseModelSpec({
  inputShape: [2, 2, 3],
  numClasses: 2,
  layers: [
    {
      kind: 'residual',
      name: 'block',
      layers: [{ kind: 'rescaling', scale: 3 }],
      shortcut: [{ kind: 'rescaling', scale: 2 }],
      dropRate: RATE,
    },
    { kind: 'flatten' },
    { kind: 'dense', units: 2, useBias: false },
  ],
});

/** The sum of an image's 12 numbers, times what the block makes of each. */
const factorsOf = (rows: number, { step, rowOffset = 0 }: { step: number; rowOffset?: number }, seed = 3) => {
  const model = buildModel(spec, seed);
  writeWeights(model, [
    { name: 'dense/kernel', shape: [12, 2], values: new Float32Array(24).map((_, i) => (1 - (i % 2)) / 12) },
  ]);
  setDropoutPosition(model, { step, rowOffset });
  const [training, inference] = tf.tidy(() =>
    [true, false].map((training) => {
      const output = model.apply(tf.ones([rows, 2, 2, 3]), { training }) as tf.Tensor;
      return [...output.dataSync()].filter((_, i) => i % 2 === 0);
    }),
  );
  model.dispose();
  return { training: training!, inference: inference! };
};

test('the layers of a block are left out of whole images, and scaled where they are not', () => {
  const { training, inference } = factorsOf(4000, { step: 5 });
  const [without, withLayers] = [2, 2 + 3 / (1 - RATE)];
  for (const factor of training) {
    expect(Math.min(Math.abs(factor - without), Math.abs(factor - withLayers))).toBeLessThan(1e-5);
  }
  const left = training.filter((factor) => Math.abs(factor - without) < 1e-5).length / training.length;
  // Five standard deviations.
  expect(Math.abs(left - RATE)).toBeLessThan(5 * Math.sqrt((RATE * (1 - RATE)) / training.length));
  expect(new Set(inference.map((factor) => factor.toFixed(5)))).toEqual(new Set(['5.00000']));
});

test('which images depends on the seed, the step and the place in the batch alone', () => {
  const whole = factorsOf(40, { step: 5 }).training;
  expect(factorsOf(40, { step: 5 }).training).toEqual(whole);
  expect(factorsOf(15, { step: 5, rowOffset: 25 }).training).toEqual(whole.slice(25));
  expect(factorsOf(40, { step: 6 }).training).not.toEqual(whole);
  expect(factorsOf(40, { step: 5 }, 4).training).not.toEqual(whole);
});

test('two blocks do not leave out the same images', () => {
  const block: LayerInput = { kind: 'residual', layers: [{ kind: 'activation' }], dropRate: 0.5 };
  const model = buildModel(
    parseModelSpec({
      inputShape: [...spec.inputShape],
      numClasses: 2,
      layers: [block, block, { kind: 'flatten' }, { kind: 'dense', units: 2 }],
    }),
    1,
  );
  const seeds = model.layers.flatMap((layer) => layer.getConfig()['seed'] ?? []);
  expect(model.layers.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['residual_dropout', 'residual_1_dropout']),
  );
  expect(new Set(seeds).size).toBe(2);
  model.dispose();
});

test('passes through model.json', async () => {
  const model = buildModel(spec, 3);
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = { ...saved, modelTopology: JSON.parse(JSON.stringify(saved.modelTopology)) };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const loaded = await loadLayersModel(tf.io.fromMemory(artifacts!));
  const outputs = [model, loaded].map((one) =>
    tf.tidy(() => {
      setDropoutPosition(one, { step: 7 });
      const x = tf.randomNormal([9, 2, 2, 3], 0, 1, 'float32', 2);
      return [true, false].map((training) => [...(one.apply(x, { training }) as tf.Tensor).dataSync()]);
    }),
  );
  expect(outputs[1]).toEqual(outputs[0]);
  model.dispose();
  loaded.dispose();
});
