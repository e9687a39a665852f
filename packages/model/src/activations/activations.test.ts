import type { ActivationName } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/activations_reference.json' with { type: 'json' };
import { buildModel, parseModelSpec } from '../index.ts';
import { stockActivations } from './activations.ts';

/** The function of a name, as a layer of a model applies it. */
const functionOf = (name: ActivationName) => {
  const layer = layers.activation({ activation: stockActivations[name] as 'relu', inputShape: [1] });
  const model = sequential({ layers: [layer] });
  return (x: tf.Tensor): tf.Tensor => model.apply(x) as tf.Tensor;
};

/** Within 1e-6, or so much of the number itself where that is above 1. */
const near = (values: readonly number[]): number[] =>
  // closeTo allows half a unit of so many digits.
  values.map((value) => expect.closeTo(value, -Math.log10(2e-6 * Math.max(1, Math.abs(value)))));

const inputs = reference.inputs.map((x, i) => (i === 0 ? -0 : x));
const names = Object.keys(reference.activations) as (keyof typeof reference.activations)[];

test('there are values of Keras for every function of single numbers', () => {
  expect(Object.keys(stockActivations).filter((name) => !names.includes(name as never))).toEqual([
    'linear',
    'softmax',
  ]);
});

describe.each(names)('%s', (name) => {
  const apply = functionOf(name);
  const { values, slopes } = reference.activations[name];

  test('has Keras’s values, also far from 0 and at both zeros', () => {
    const found = tf.tidy(() => [...apply(tf.tensor(inputs, [inputs.length, 1])).dataSync()]);
    expect(found).toEqual(near(values));
  });

  test('has Keras’s gradients', () => {
    const found = tf.tidy(() => {
      const slope = tf.grad((x) => tf.sum(apply(x)));
      return [...slope(tf.tensor(inputs, [inputs.length, 1])).dataSync()];
    });
    expect(found).toEqual(near(slopes));
  });

  test('has the slope of its differences', () => {
    const at = [-7, -2.2, -1.1, -0.4, 0.3, 0.9, 1.7, 3.1, 6.4];
    const step = 2 ** -7;
    const [above, below, slope] = tf.tidy(() => {
      const x = tf.tensor(at, [at.length, 1]);
      const outputs = [apply(tf.add(x, step)), apply(tf.sub(x, step)), tf.grad((x) => tf.sum(apply(x)))(x)];
      return outputs.map((output) => output.dataSync());
    });
    const differences = at.map((_, i) => (above![i]! - below![i]!) / (2 * step));
    // The third derivatives are below 4, so that the error of the difference is below 4 / 6 * step^2, 4.1e-5.
    for (const [i, difference] of differences.entries()) {
      expect(Math.abs(difference - slope![i]!), `at ${at[i]}`).toBeLessThan(1e-4);
    }
  });

  test('passes through model.json, and from a convolution to a dense layer', async () => {
    const model = buildModel(
      parseModelSpec({
        inputShape: [5, 5, 2],
        numClasses: 3,
        layers: [
          { kind: 'conv2d', filters: 3, activation: name },
          { kind: 'activation', activation: name },
          { kind: 'flatten' },
          { kind: 'dense', units: 4, activation: name },
          { kind: 'dense', units: 3 },
        ],
      }),
      4,
    );
    let topology: tf.io.ModelArtifacts | undefined;
    await model.save(
      tf.io.withSaveHandler(async (artifacts) => {
        topology = { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) };
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    expect(JSON.stringify(topology!.modelTopology)).toContain(`"activation":"${name}"`);
    const loaded = await loadLayersModel(tf.io.fromMemory(topology!));
    tf.tidy(() => {
      const x = tf.randomNormal([4, 5, 5, 2], 0, 2, 'float32', 6);
      expect((loaded.predict(x) as tf.Tensor).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
    });
    model.dispose();
    loaded.dispose();
  });
});
