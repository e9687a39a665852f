import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import {
  buildModel,
  findNotFinite,
  ModelError,
  matchNames,
  parseModelSpec,
  readWeights,
  writeWeights,
} from '../index.ts';

const build = (seed: number) =>
  buildModel(
    parseModelSpec({ inputShape: [8, 8, 3], filters: [4], units: [6], maxNorm: { value: 0.1 } }),
    seed,
  );

describe('readWeights', () => {
  test('names and shapes follow model.weights, also in a second model of one process', async () => {
    const [first, second] = [build(1), build(2)];
    const listed = [
      ['conv2d/kernel', [3, 3, 3, 4]],
      ['conv2d/bias', [4]],
      ['dense/kernel', [36, 6]],
      ['dense/bias', [6]],
      ['logits/kernel', [6, 10]],
      ['logits/bias', [10]],
    ];
    for (const model of [first, second]) {
      expect((await readWeights(model)).map(({ name, shape }) => [name, shape])).toEqual(listed);
      model.dispose();
    }
  });

  test('copies', async () => {
    const model = build(1);
    (await readWeights(model))[0]!.values.fill(9);
    expect((await readWeights(model))[0]!.values).not.toContain(9);
    model.dispose();
  });
});

describe('writeWeights', () => {
  test('gives one model another’s weights to the bit, past the constraint, in any order, leaving no tensor', async () => {
    const [from, to] = [build(1), build(2)];
    const weights = await readWeights(from);
    const before = tf.memory().numTensors;
    writeWeights(to, [...weights].reverse());
    expect(tf.memory().numTensors).toBe(before);
    expect(await readWeights(to)).toEqual(weights);
    from.dispose();
    to.dispose();
  });

  test('keeps none of the arrays that it is given', async () => {
    const model = build(1);
    const weights = await readWeights(model);
    writeWeights(model, weights);
    const expected = structuredClone(weights);
    weights[0]!.values.fill(9);
    expect(await readWeights(model)).toEqual(expected);
    model.dispose();
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])(
    'refuses %d by its weight, and then changes nothing',
    async (value) => {
      const model = build(1);
      const weights = await readWeights(model);
      const diverged = structuredClone(weights);
      diverged[2]!.values[7] = value;
      expect(findNotFinite(weights)).toBeUndefined();
      expect(findNotFinite(diverged)).toEqual({ name: 'dense/kernel', index: 7, value });
      expect(() => writeWeights(model, diverged)).toThrow(
        new ModelError(
          `writeWeights: dense/kernel: expected finite numbers, found ${value} at index 7: the model diverged, so take an earlier checkpoint, or train with a lower learning rate`,
        ),
      );
      expect(await readWeights(model)).toEqual(weights);
      model.dispose();
    },
  );

  test('refuses what does not fit, and then changes nothing', async () => {
    const model = build(1);
    const before = await readWeights(model);
    const others = before.map((weight) => ({ ...weight, values: weight.values.map(() => 5) }));
    const expectRefusal = async (weights: typeof others, message: string) => {
      const write = () => writeWeights(model, weights);
      expect(write).toThrow(ModelError);
      expect(write).toThrow(message);
      expect(await readWeights(model)).toEqual(before);
    };
    const last = others.at(-1)!;
    const allBut = others.slice(0, -1);
    await expectRefusal(allBut, 'expected a weight named logits/bias, received conv2d/kernel, conv2d/bias');
    await expectRefusal([...others, { ...last, name: 'extra/bias' }], 'received 7, among them extra/bias');
    await expectRefusal(
      [...allBut, { ...last, shape: [2, 5] }],
      'writeWeights: logits/bias: expected shape [10] (10 values), received [2,5] (10 values)',
    );
    await expectRefusal([...allBut, { ...last, values: new Float32Array(9) }], 'received [10] (9 values)');
    model.dispose();
  });
});

describe('layers that nobody has named', () => {
  const unnamed = () =>
    sequential({
      layers: [
        layers.dense({ units: 4, inputShape: [4] }),
        layers.dense({ units: 4 }),
        layers.dense({ units: 4 }),
      ],
    });
  const valuesOf = async (model: LayersModel) =>
    Promise.all(model.layers.map(async (layer) => [...(await layer.weights[0]!.read().data())]));

  test('keep their weights in any order, and when one of them is frozen', async () => {
    const model = unnamed();
    const before = await valuesOf(model);
    const weights = await readWeights(model);
    writeWeights(model, [...weights].reverse());
    expect(await valuesOf(model)).toEqual(before);
    model.layers[0]!.trainable = false;
    writeWeights(model, weights);
    expect(await valuesOf(model)).toEqual(before);
    const other = unnamed();
    writeWeights(other, await readWeights(model));
    expect(await valuesOf(other)).toEqual(before);
    model.dispose();
    other.dispose();
  });

  test('a name that only looks made up is its owner’s', () => {
    expect(matchNames(['fc_A2/kernel', 'fc_A1/kernel'], ['fc_A1/kernel', 'fc_A2/kernel'])).toEqual([1, 0]);
    expect(matchNames(['fc_A1/kernel'], ['fc_A7/kernel'])).toEqual([undefined]);
    expect(
      matchNames(
        ['dense_Dense9/kernel', 'dense_Dense10/kernel'],
        ['dense_Dense2/kernel', 'dense_Dense1/kernel'],
      ),
    ).toEqual([1, 0]);
  });
});
