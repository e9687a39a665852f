import { type LayerSpec, layerSchema, type ModelSpec } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import fixtures from '../../fixtures/layers.json' with { type: 'json' };
import {
  applyConstraints,
  buildModel,
  readWeights,
  setDropoutPosition,
  trainedWeights,
  writeWeights,
} from '../index.ts';
import { closeTo, namesWithout } from '../testing.ts';

type Numbers = readonly number[];
type NumbersByName = Readonly<Record<string, Numbers>>;

/** The outputs of Keras's layer for weights, an input and the masks that ours draws at its first step. */
interface Case {
  readonly settings: LayerSpec;
  /** A model with the layer in it. */
  readonly model: ModelSpec;
  readonly seed: number;
  /** The layer's name. */
  readonly layer: string;
  readonly input: { readonly shape: number[]; readonly values: number[] };
  readonly weights: NumbersByName;
  readonly outputShape: number[];
  readonly inference: Numbers;
  readonly training: Numbers;
  /** Of sum(output * cotangent), in training. */
  readonly gradients: { readonly input: Numbers; readonly weights: NumbersByName };
  readonly cotangent: number[];
  /** Weights that are not trained, after the training call. */
  readonly updated: NumbersByName;
  /** Weights with a constraint, after it has been applied. */
  readonly constrained: NumbersByName;
}

const cases = Object.values(fixtures as unknown as Readonly<Record<string, readonly Case[]>>).flat();

test('there are outputs of Keras for every kind of layer', () => {
  expect(namesWithout(layerSchema, fixtures)).toBe('');
});

describe.each(cases.map((one) => [JSON.stringify(one.settings), one] as const))(
  'against Keras: %s',
  (_, one) => {
    let whole: LayersModel;
    let model: LayersModel;
    beforeAll(() => {
      whole = buildModel(one.model, one.seed);
      // From the images to what comes out of the layer.
      model = modelOf({
        inputs: whole.inputs,
        outputs: whole.getLayer(one.layer).output as SymbolicTensor,
      });
    });
    afterAll(() => whole.dispose());

    const restart = async (): Promise<void> => {
      const weights = await readWeights(model);
      expect(weights.map(({ name }) => name).sort()).toEqual(Object.keys(one.weights).sort());
      writeWeights(
        model,
        weights.map((weight) => ({ ...weight, values: Float32Array.from(one.weights[weight.name]!) })),
      );
      setDropoutPosition(model, { step: 0 });
    };

    const expectWeights = async (expected: NumbersByName): Promise<void> => {
      const found = new Map((await readWeights(model)).map(({ name, values }) => [name, [...values]]));
      for (const [name, values] of Object.entries(expected))
        expect(found.get(name), name).toEqual(closeTo(values));
    };

    test('in inference, and nothing moves', async () => {
      await restart();
      const output = tf.tidy(() => {
        const found = model.apply(tf.tensor(one.input.values, one.input.shape), {
          training: false,
        }) as tf.Tensor;
        expect(found.shape).toEqual(one.outputShape);
        return [...found.dataSync()];
      });
      expect(output).toEqual(closeTo(one.inference));
      await expectWeights(one.weights);
    });

    test('in training: its output, gradients by the input and by every weight, moving statistics', async () => {
      await restart();
      const input = tf.variable(tf.tensor(one.input.values, one.input.shape));
      const weights = trainedWeights(model);
      tf.tidy(() => {
        let output: Numbers = [];
        const { grads } = tf.variableGrads(() => {
          const found = model.apply(input, { training: true }) as tf.Tensor;
          output = [...found.dataSync()];
          return tf.sum(tf.mul(found, tf.tensor(one.cotangent, one.outputShape))) as tf.Scalar;
        }, [input, ...weights.map(({ variable }) => variable)]);
        const gradientOf = ({ name }: tf.Variable): Numbers => [...grads[name]!.dataSync()];
        expect(output).toEqual(closeTo(one.training));
        expect(gradientOf(input)).toEqual(closeTo(one.gradients.input));
        expect(weights.map(({ name }) => name).sort()).toEqual(Object.keys(one.gradients.weights).sort());
        for (const { name, variable } of weights) {
          expect(gradientOf(variable), name).toEqual(closeTo(one.gradients.weights[name]!));
        }
      });
      input.dispose();
      await expectWeights(one.updated);
    });

    test('its constraints', async () => {
      await restart();
      applyConstraints(model);
      await expectWeights({ ...one.weights, ...one.constrained });
    });
  },
);
