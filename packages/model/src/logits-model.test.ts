import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { buildModel, logitsModel, ModelError, parseModelSpec, readWeights, writeWeights } from './index.ts';

const classifier = (...last: layers.Layer[]) =>
  sequential({ layers: [layers.inputLayer({ inputShape: [4] }), layers.dense({ units: 5 }), ...last] });

/** Checks that the softmax of the logits is the model's output, and that both see the same weights. */
const expectLogits = (model: LayersModel, inputShape: number[]) => {
  const logits = logitsModel(model);
  const [fromLogits, probabilities] = tf.tidy(() => {
    const x = tf.randomNormal(inputShape, 0, 1, 'float32', 5);
    return [tf.softmax(logits.apply(x) as tf.Tensor).arraySync(), (model.apply(x) as tf.Tensor).arraySync()];
  }) as [number[][], number[][]];
  expect(fromLogits).toEqual(probabilities.map((row) => row.map((p) => expect.closeTo(p, 6))));
  expect(logits.trainableWeights.map(({ id }) => id)).toEqual(model.trainableWeights.map(({ id }) => id));
};

describe('logitsModel', () => {
  test('of a spec’s model ends in the layer `logits`', () => {
    const model = buildModel(parseModelSpec({ inputShape: [8, 8, 3], filters: [4], units: [6] }), 1);
    expectLogits(model, [3, 8, 8, 3]);
    expect(logitsModel(model).layers.at(-1)).toBe(model.getLayer('logits'));
    model.dispose();
  });

  test.each([true, false])('of a Dense layer with softmax, bias %s', (useBias) => {
    const model = classifier(layers.dense({ units: 3, activation: 'softmax', useBias }));
    expectLogits(model, [6, 4]);
    model.dispose();
  });

  test('of a Softmax layer', () => {
    const model = classifier(layers.dense({ units: 3 }), layers.softmax({}));
    expectLogits(model, [6, 4]);
    model.dispose();
  });

  test('of a model whose outputs are logits is that model', () => {
    const model = classifier();
    expect(logitsModel(model)).toBe(model);
    model.dispose();
  });

  test('follows the original’s weights, and its gradients reach them', async () => {
    const model = classifier(layers.dense({ units: 3, activation: 'softmax' }));
    const logits = logitsModel(model);
    const ones = (await readWeights(model)).map((weight) => ({
      ...weight,
      values: weight.values.map(() => 1),
    }));
    writeWeights(model, ones);
    const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
    tf.tidy(() => {
      const x = tf.ones([1, 4]);
      // Five units of 4 + 1, then 5 * 5 + 1.
      expect([...(logits.apply(x) as tf.Tensor).dataSync()]).toEqual([26, 26, 26]);
      const { grads } = tf.variableGrads(() => tf.sum(logits.apply(x) as tf.Tensor), variables);
      expect(variables.map(({ name }) => [...new Set(grads[name]!.dataSync())])).toEqual([
        [3],
        [3],
        [5],
        [1],
      ]);
    });
    model.dispose();
  });

  test('of anything else is refused', () => {
    const model = classifier(layers.dense({ name: 'last', units: 3, activation: 'relu' }));
    expect(() => logitsModel(model)).toThrow(ModelError);
    expect(() => logitsModel(model)).toThrow('received one that ends in last (Dense relu)');
    model.dispose();
  });
});
