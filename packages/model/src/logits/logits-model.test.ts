import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { buildModel, headOf, logitsModel, parseModelSpec, readWeights, writeWeights } from '../index.ts';

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
  const ids = ({ trainableWeights }: LayersModel) => [...new Set(trainableWeights.map(({ id }) => id))];
  expect(ids(logits)).toEqual(ids(model));
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

  test.each([
    ['a Dense layer with ReLU', layers.dense({ name: 'last', units: 3, activation: 'relu' }), 'Dense relu'],
    ['a softmax over another axis', layers.softmax({ name: 'last', axis: 0 }), 'Activation softmax'],
    ['a layer without activation', layers.reshape({ name: 'last', targetShape: [5] }), 'Reshape linear'],
  ])('of one that ends in %s is that model', (_, last, kind) => {
    const model = classifier(last);
    expect(logitsModel(model)).toBe(model);
    expect(headOf(model)).toEqual({ activation: 'linear', name: 'last', kind });
    model.dispose();
  });

  test('of one that ends in a Rescaling is that model, with the head before it', () => {
    const model = classifier(
      layers.dense({ name: 'last', units: 3 }),
      layers.rescaling({ scale: 1 / 9 }),
      layers.rescaling({ scale: 2, offset: 1 }),
    );
    expect(logitsModel(model)).toBe(model);
    expect(headOf(model)).toEqual({ activation: 'linear', name: 'last', kind: 'Dense linear' });
    model.dispose();
  });

  test('of a softmax behind a Rescaling ends in the Rescaling', () => {
    const scale = layers.rescaling({ scale: 1 / 9 });
    const model = classifier(layers.dense({ units: 3 }), scale, layers.activation({ activation: 'softmax' }));
    expectLogits(model, [6, 4]);
    expect(logitsModel(model).layers.at(-1)).toBe(scale);
    expect(headOf(model).activation).toBe('softmax');
    model.dispose();
  });

  test('probabilities behind a Rescaling are no logits', () => {
    const model = classifier(
      layers.dense({ name: 'last', units: 3, activation: 'softmax' }),
      layers.rescaling({ scale: 2 }),
    );
    expect(logitsModel(model)).toBe(model);
    expect(headOf(model)).toEqual({ activation: 'linear', name: 'last', kind: 'Dense softmax' });
    model.dispose();
  });

  test.each(['sequential', 'functional'])('of a nested %s model that ends in softmax', (kind) => {
    const images = input({ shape: [4] });
    const end = sequential({
      name: 'end',
      layers: [layers.dense({ name: 'last', units: 3, activation: 'softmax', inputShape: [4] })],
    });
    const model =
      kind === 'sequential'
        ? sequential({ layers: [layers.dense({ units: 4, inputShape: [4] }), end] })
        : functional({ inputs: images, outputs: end.apply(images) as SymbolicTensor });
    expect(headOf(model)).toEqual({ activation: 'softmax', name: 'end/last', kind: 'Dense softmax' });
    expectLogits(model, [6, 4]);
    model.dispose();
  });

  test('of a layer that is used twice, from where the output is', () => {
    const features = input({ shape: [3] });
    const twice = layers.dense({ units: 3, activation: 'softmax' });
    const once = twice.apply(features) as SymbolicTensor;
    const model = functional({ inputs: features, outputs: twice.apply(once) as SymbolicTensor });
    expectLogits(model, [6, 3]);
    model.dispose();
  });

  test('of sequences, of each step', () => {
    const model = sequential({
      layers: [layers.dense({ units: 3, activation: 'softmax', inputShape: [5, 4] })],
    });
    const logits = logitsModel(model);
    tf.tidy(() => {
      const x = tf.randomNormal([2, 5, 4], 0, 1, 'float32', 5);
      const [found, expected] = [tf.softmax(logits.apply(x) as tf.Tensor), model.apply(x) as tf.Tensor];
      expect(found.shape).toEqual([2, 5, 3]);
      expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(1e-6);
    });
    model.dispose();
  });

  test('of a sigmoid', () => {
    const model = classifier(layers.dense({ units: 2, activation: 'sigmoid' }));
    expect(headOf(model).activation).toBe('sigmoid');
    tf.tidy(() => {
      const x = tf.randomNormal([6, 4], 0, 1, 'float32', 5);
      const found = tf.sigmoid(logitsModel(model).apply(x) as tf.Tensor);
      expect(tf.max(tf.abs(tf.sub(found, model.apply(x) as tf.Tensor))).dataSync()[0]).toBeLessThan(1e-6);
    });
    model.dispose();
  });
});
