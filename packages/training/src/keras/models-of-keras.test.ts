import { MessageChannel, type Worker } from 'node:worker_threads';
import { type BatchSource, lossSchema } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import reference from '../../fixtures/models_reference.json' with { type: 'json' };
import {
  binaryAccuracy,
  connectReplica,
  createReplica,
  evaluate,
  type Metric,
  meanAbsoluteError,
  meanSquaredError,
  parallelReplica,
  type Replica,
  topKCategoricalAccuracy,
  train,
} from '../index.ts';
import { useChild } from '../replicas/workers.testing.ts';
import { collect, configOf, only } from '../testing.ts';
import { builders, type CaseOfKeras, honoured } from './cases-of-keras.ts';

interface Numbers {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Keras's training of a model. */
interface Reference {
  readonly loss: string;
  readonly images: Numbers;
  readonly targets: { readonly classes: boolean; readonly values: readonly number[] };
  readonly sampleWeights: readonly number[] | null;
  readonly classWeight: readonly number[] | null;
  /** Of each layer by its name. */
  readonly start: Readonly<Record<string, readonly Numbers[]>>;
  /** Loss and metrics of each epoch. */
  readonly history: { readonly [metric: string]: readonly number[] };
  readonly evaluated: { readonly [metric: string]: number };
  readonly end: Readonly<Record<string, readonly Numbers[]>>;
}

const metricsByName: Readonly<Record<string, Metric>> = {
  binary_accuracy: binaryAccuracy,
  mean_absolute_error: meanAbsoluteError,
  mean_squared_error: meanSquaredError,
  top_k_categorical_accuracy: topKCategoricalAccuracy(2),
};

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
      // Words by their index are bytes.
      images: (images.values.every(Number.isInteger) ? Uint8Array : Float32Array).from(images.values),
      labels: (targets.classes ? Int32Array : Float32Array).from(targets.values as number[]),
      ...(sampleWeights && { sampleWeights: Float32Array.from(sampleWeights) }),
      size,
    }),
  };
};

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));
const nearEach = (lists: Reference['history']) =>
  Object.fromEntries(Object.entries(lists).map(([name, values]) => [name, near(values)]));

const names = Object.keys(builders) as CaseOfKeras[];

/** Trains a model of a case, from Keras's weights, and compares all with what Keras did. */
const expectAsInKeras = async (name: CaseOfKeras, built: LayersModel, replica: Replica): Promise<void> => {
  const keras = reference[name] as unknown as Reference;
  setWeights(built, keras.start);
  const loss = lossSchema.parse({ name: keras.loss });
  const source = sourceOf(keras);
  const config = {
    ...configOf({ epochs: 3, optimizer: { name: 'sgd', learningRate: 0.1 } }),
    loss,
    classWeight: keras.classWeight,
  };
  const metrics = Object.keys(keras.history).flatMap((metric) => metricsByName[metric] ?? []);
  const events = await collect(train({ model: built, config, train: source, replica, metrics }));
  const logs = only('epoch', events).map((event) => event.logs);
  const history = Object.keys(logs[0]!).map((metric) => [metric, logs.map((one) => one[metric])]);
  expect(Object.fromEntries(history)).toEqual(nearEach(keras.history));
  for (const [layer, weights] of Object.entries(keras.end)) {
    const found = built.getLayer(layer).getWeights();
    expect(found.map((weight) => [...weight.dataSync()])).toEqual(weights.map(({ values }) => near(values)));
  }
  const { accuracy, ...evaluated } = await evaluate(replica, source, { loss, metrics });
  const { accuracy: expected, ...others } = keras.evaluated;
  expect(Object.entries(evaluated).sort()).toEqual(
    Object.entries(others)
      .sort()
      .map(([metric, value]) => [metric, expect.closeTo(value, 5)]),
  );
  expect(accuracy).toEqual(expected === undefined ? undefined : expect.closeTo(expected, 6));
};

describe('as in Keras, three steps of SGD', () => {
  test.each(names.map((name) => [honoured[name], name] as const))('%s', async (_, name) => {
    const built = builders[name]();
    await expectAsInKeras(name, built, createReplica(built));
    built.dispose();
  });
});

// The workers compute on cpu, and so does this thread with them.
if (process.env['TEST_BACKEND'] === 'cpu') {
  const startChild = useChild('cases-worker.child');
  let workers: Worker[] = [];
  beforeAll(() => {
    workers = Array.from({ length: 3 }, () => startChild(undefined));
  });
  afterAll(() => Promise.all(workers.map((worker) => worker.terminate())));

  const connect = (worker: Worker, name: CaseOfKeras, built: LayersModel): Promise<Replica> => {
    const { port1, port2: port } = new MessageChannel();
    worker.postMessage({ port, name }, [port]);
    return connectReplica(port1 as unknown as globalThis.MessagePort, built);
  };

  describe.each([1, 2, 3])('the same on this thread and %i workers', (count) => {
    test.each(names.map((name) => [honoured[name], name] as const))('%s', async (_, name) => {
      const built = builders[name]();
      const remote = await Promise.all(workers.slice(0, count).map((worker) => connect(worker, name, built)));
      const replica = parallelReplica([...remote, createReplica(built)]);
      await expectAsInKeras(name, built, replica);
      replica.dispose();
      built.dispose();
    });
  });
}
