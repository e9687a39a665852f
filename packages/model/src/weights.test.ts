import { parseModelSpec } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildModel, ModelError, readWeights, writeWeights } from './index.ts';

beforeAll(() => tf.setBackend('cpu'));

const build = (seed: number) =>
  buildModel(
    parseModelSpec({ inputShape: [8, 8, 3], filters: [4], units: [6], maxNorm: { value: 0.1 } }),
    seed,
  );

describe('readWeights', () => {
  test('names and shapes follow model.weights, also in a second model of one process', () => {
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
      expect(readWeights(model).map(({ name, shape }) => [name, shape])).toEqual(listed);
      model.dispose();
    }
  });

  test('copies', () => {
    const model = build(1);
    readWeights(model)[0]!.values.fill(9);
    expect(readWeights(model)[0]!.values).not.toContain(9);
    model.dispose();
  });
});

describe('writeWeights', () => {
  test('gives one model another’s weights to the bit, past the constraint, in any order, leaving no tensor', () => {
    const [from, to] = [build(1), build(2)];
    const weights = readWeights(from);
    const before = tf.memory().numTensors;
    writeWeights(to, [...weights].reverse());
    expect(tf.memory().numTensors).toBe(before);
    expect(readWeights(to)).toEqual(weights);
    from.dispose();
    to.dispose();
  });

  test('keeps no hold of the arrays that it is given', () => {
    const model = build(1);
    const weights = readWeights(model);
    writeWeights(model, weights);
    const expected = structuredClone(weights);
    weights[0]!.values.fill(9);
    expect(readWeights(model)).toEqual(expected);
    model.dispose();
  });

  test('refuses what does not fit, and then changes nothing', () => {
    const model = build(1);
    const before = readWeights(model);
    const others = readWeights(model).map((weight) => ({ ...weight, values: weight.values.map(() => 5) }));
    const refusal = (weights: typeof others) => {
      expect(() => writeWeights(model, weights)).toThrow(ModelError);
      expect(readWeights(model)).toEqual(before);
      return expect(() => writeWeights(model, weights));
    };
    const last = others.at(-1)!;
    const allBut = others.slice(0, -1);
    refusal(allBut).toThrow('expected a weight named logits/bias, received conv2d/kernel, conv2d/bias');
    refusal([...others, { ...last, name: 'extra/bias' }]).toThrow('received 7, among them extra/bias');
    refusal([...allBut, { ...last, shape: [2, 5] }]).toThrow(
      'writeWeights: logits/bias: expected shape [10] (10 values), received [2,5] (10 values)',
    );
    refusal([...allBut, { ...last, values: new Float32Array(9) }]).toThrow('received [10] (9 values)');
    model.dispose();
  });
});
