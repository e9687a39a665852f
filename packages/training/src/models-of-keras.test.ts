import { type BatchSource, lossSchema } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { expect, test } from 'vitest';
import reference from '../fixtures/models_reference.json' with { type: 'json' };
import { builders, type CaseOfKeras, honoured } from './cases-of-keras.ts';
import { createReplica, evaluate, parallelReplica, train } from './index.ts';
import { collect, configOf, only } from './testing.ts';

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** What Keras did with a model. */
interface Reference {
  readonly loss: string;
  readonly images: Numbers;
  readonly targets: { readonly classes: boolean; readonly values: readonly number[] };
  readonly sampleWeights: readonly number[] | null;
  readonly classWeight: readonly number[] | null;
  /** Of each layer by its name. */
  readonly start: Readonly<Record<string, readonly Numbers[]>>;
  readonly history: { readonly loss: readonly number[]; readonly accuracy?: readonly number[] };
  readonly evaluated: { readonly loss: number; readonly accuracy?: number };
  readonly end: Readonly<Record<string, readonly Numbers[]>>;
}

const setWeights = (built: LayersModel, weights: Reference['start']): void =>
  tf.tidy(() => {
    for (const [name, values] of Object.entries(weights)) {
      built.getLayer(name).setWeights(values.map((one) => tf.tensor([...one.values], [...one.shape])));
    }
  });

const sourceOf = ({ images, targets, sampleWeights }: Reference): BatchSource => {
  const [size, ...imageShape] = images.shape as [number, ...number[]];
  return {
    size,
    batchSize: size,
    batchesPerEpoch: 1,
    imageShape,
    batch: () => ({
      images: Float32Array.from(images.values),
      labels: (targets.classes ? Int32Array : Float32Array).from(targets.values as number[]),
      ...(sampleWeights && { sampleWeights: Float32Array.from(sampleWeights) }),
      size,
    }),
  };
};

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));

const names = Object.keys(builders) as CaseOfKeras[];
const cases = names.flatMap((name) => {
  const count = /ormalized/.test(name) ? [1] : [1, 2, 4];
  return count.map((replicas): [CaseOfKeras, number] => [name, replicas]);
});

test.each(cases.map(([name, replicas]) => [honoured[name], replicas, name] as const))(
  '%s: as in Keras, on %i replicas',
  async (_, replicas, name) => {
    const keras = reference[name] as unknown as Reference;
    const builds = Array.from({ length: replicas }, () => builders[name]());
    const [built] = builds as [LayersModel];
    setWeights(built, keras.start);
    // Replicas of one thread have the weights of the first.
    const parts = builds.map((one) => {
      const replica = createReplica(one);
      return {
        ...replica,
        gradients: (...args: Parameters<typeof replica.gradients>) => {
          one.setWeights(built.getWeights());
          return replica.gradients(...args);
        },
        logits: (...args: Parameters<typeof replica.logits>) => {
          one.setWeights(built.getWeights());
          return replica.logits(...args);
        },
      };
    });
    const replica = parallelReplica(parts);
    const loss = lossSchema.parse({ name: keras.loss });
    const source = sourceOf(keras);
    const config = {
      ...configOf({ epochs: 3, optimizer: { name: 'sgd', learningRate: 0.1 } }),
      loss,
      classWeight: keras.classWeight,
    };
    const events = await collect(train({ model: built, config, train: source, replica }));
    const logs = only('epoch', events).map((event) => event.logs);
    expect(logs.map((one) => one.loss)).toEqual(near(keras.history.loss));
    expect(logs.map(({ accuracy }) => accuracy).filter((one) => one !== undefined)).toEqual(
      near(keras.history.accuracy ?? []),
    );
    for (const [layer, weights] of Object.entries(keras.end)) {
      const found = built.getLayer(layer).getWeights();
      expect(found.map((weight) => [...weight.dataSync()])).toEqual(
        weights.map(({ values }) => near(values)),
      );
    }
    const evaluated = await evaluate(replica, source, { loss });
    expect(Object.keys(evaluated)).toEqual(Object.keys(keras.evaluated).sort().reverse());
    expect([evaluated.loss]).toEqual(near([keras.evaluated.loss]));
    expect(evaluated.accuracy ?? 0).toBeCloseTo(keras.evaluated.accuracy ?? 0, 6);
    for (const one of builds) one.dispose();
  },
);
