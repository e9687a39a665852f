import type { Batch, Snapshot } from '@dropout-lab/contracts';
import {
  logitsModel,
  readWeights,
  setDropoutPosition,
  trainedWeights,
  writeWeights,
} from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import {
  connectReplica,
  createReplica,
  evaluate,
  parallelReplica,
  type Replica,
  TrainingError,
  type TrainingEvent,
  train,
  wholeBatchLayerOf,
} from '../index.ts';
import { regularizationLoss } from '../losses/regularization.ts';
import {
  branchedModel,
  collect,
  configOf,
  imageSource,
  memorySink,
  normalizedModel,
  only,
  rowNormalizedModel,
  wrappedModel,
} from '../testing.ts';
import { useWorkers, type WorkerModel } from './workers.testing.ts';

const start = useWorkers();

/** A replica on this thread, unless it is to be idle, and on others. */
const replicaOn = async (
  model: LayersModel,
  { here = true, others }: { here?: boolean; others: readonly WorkerModel[] },
  timeoutSeconds?: number,
) => {
  const started = others.map((kind) => start(kind));
  const remote = await Promise.all(started.map(({ port }) => connectReplica(port, model)));
  // The one of this thread first, which would leave no time to ask the others.
  const replica = parallelReplica(
    [...(here ? [createReplica(model)] : []), ...remote],
    timeoutSeconds === undefined ? {} : { timeoutSeconds },
  );
  return { replica, workers: started.map(({ worker }) => worker) };
};

// The last batch of an epoch has two images, fewer than some have replicas.
const images = imageSource('train', { size: 26, batchSize: 8 });
const validation = imageSource('validation', { size: 7, batchSize: 5 });
const config = configOf({ epochs: 5, optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0.9 } });

interface Trained {
  readonly events: TrainingEvent[];
  readonly weights: Map<string, Float32Array>;
  readonly saved: ReturnType<typeof memorySink>['saved'];
}

const trained = async (
  threads: Parameters<typeof replicaOn>[1] | undefined,
  resumeFrom?: Snapshot,
): Promise<Trained> => {
  const model = normalizedModel();
  const replica = threads ? (await replicaOn(model, threads)).replica : createReplica(model);
  const checkpoints = memorySink();
  const options = { model, config, train: images, validation, replica, checkpoints, resumeFrom };
  const events = await collect(train(options));
  const weights = new Map((await readWeights(model)).map(({ name, values }) => [name, values]));
  replica.dispose();
  model.dispose();
  return { events, weights, saved: checkpoints.saved };
};

const lossesOf = ({ events }: Trained) => only('epoch', events).map(({ logs }) => [logs.loss, logs.val_loss]);

describe('twenty steps', () => {
  const alone = trained(undefined);

  test.each([
    ['two threads', { others: ['normalized'] }],
    ['three threads', { others: ['normalized', 'normalized'] }],
    ['two other threads', { here: false, others: ['normalized', 'normalized'] }],
    ['one other thread', { here: false, others: ['normalized'] }],
  ] satisfies [string, Parameters<typeof replicaOn>[1]][])(
    'on %s end as on one, to the bit: weights, moving statistics and losses',
    async (_, threads) => {
      const [one, several] = [await alone, await trained(threads)];
      expect(only('step', several.events)).toHaveLength(20);
      expect(several.weights).toEqual(one.weights);
      expect(lossesOf(several)).toEqual(lossesOf(one));
      expect(one.weights.get('batch_normalization/moving_mean')!.every((mean) => mean !== 0)).toBe(true);
    },
  );

  test('resumed in the middle, on another number of threads, end with the same bits', async () => {
    const whole = await alone;
    const { snapshot } = whole.saved.find(
      ({ name, snapshot: { progress } }) => name === 'last' && progress.epoch === 2,
    )!;
    const resumed = await trained({ others: ['normalized', 'normalized'] }, snapshot);
    expect(resumed.weights).toEqual(whole.weights);
    expect(lossesOf(resumed)).toEqual(lossesOf(whole).slice(2));
  });
});

const batch: Batch = imageSource('train', { size: 9, batchSize: 9 }).batch(0, 0);
const position = { step: 0, rowOffset: 0, batchSize: 9 };

const lossOf = async (replica: Replica): Promise<number> => {
  const { loss, gradients } = await replica.gradients(batch, position);
  tf.dispose(gradients);
  return loss;
};

/** A pass: the loss, what was right, and all bits of the gradients and of the variables that moved. */
const passOf = async (replica: Replica, of: Batch) => {
  const initial = await readWeights(replica.model);
  const at = { step: 7, rowOffset: 0, batchSize: of.size };
  const { loss, correct, gradients } = await replica.gradients(of, at);
  const moved = (await readWeights(replica.model)).filter(({ name }) => name.includes('moving'));
  writeWeights(replica.model, initial);
  const values = gradients.map((gradient) => [...gradient.dataSync()]);
  tf.dispose(gradients);
  return { loss, correct, values, moved };
};

/** The same of the whole batch at once, by TensorFlow.js's own way through the model. */
const stockPassOf = async (model: LayersModel, of: Batch) => {
  const initial = await readWeights(model);
  setDropoutPosition(model, { step: 7 });
  const trainable = trainedWeights(model).map(({ variable }) => variable);
  const { value, grads } = tf.variableGrads(() => {
    const images = tf.tensor(of.images as Float32Array, [of.size, 8, 8, 3]);
    const logits = logitsModel(model).apply(images, { training: true }) as tf.Tensor;
    const targets = tf.oneHot(tf.tensor1d([...of.labels], 'int32'), 3);
    return tf.add(
      tf.losses.softmaxCrossEntropy(targets, logits),
      regularizationLoss(model) ?? 0,
    ) as tf.Scalar;
  }, trainable);
  const moved = (await readWeights(model)).filter(({ name }) => name.includes('moving'));
  writeWeights(model, initial);
  return {
    loss: value.dataSync()[0]!,
    values: trainable.map(({ name }) => [...grads[name]!.dataSync()]),
    moved,
  };
};

describe.each([
  ['of images and of vectors', 'normalized', () => normalizedModel()],
  ['within a TimeDistributed layer', 'rowNormalized', rowNormalizedModel],
  ['in a residual block, a nested model and used twice', 'branched', branchedModel],
] satisfies [string, WorkerModel, () => LayersModel][])('batch normalization %s', (_, kind, create) => {
  test('has the gradients and moving statistics of the whole batch', async () => {
    const model = create();
    expect(wholeBatchLayerOf(model)).toBeUndefined();
    const found = await passOf(createReplica(model), batch);
    const expected = await stockPassOf(model, batch);
    expect(found.loss).toBeCloseTo(expected.loss, 5);
    const largest = Math.max(...expected.values.flat().map(Math.abs));
    found.values.forEach((values, i) => {
      const off = Math.max(...values.map((value, j) => Math.abs(value - expected.values[i]![j]!)));
      expect(off / largest).toBeLessThan(2e-5);
    });
    expect(found.moved.length).toBeGreaterThan(0);
    found.moved.forEach(({ values }, i) => {
      expect([...values]).toEqual([...expected.moved[i]!.values].map((value) => expect.closeTo(value, 6)));
    });
    model.dispose();
  });

  test('has the same bits on any number of threads, of few images too', async () => {
    const model = create();
    const single = createReplica(model);
    for (const others of [1, 2, 4]) {
      const { replica } = await replicaOn(model, { others: Array.from({ length: others }, () => kind) });
      for (const size of [1, 2, 3, 9, 21]) {
        const images = imageSource('train', { size, batchSize: size }).batch(0, 0);
        expect(await passOf(replica, images), `${size} images`).toEqual(await passOf(single, images));
      }
      replica.dispose();
    }
    model.dispose();
  });
});

test('in a layer of the user’s own, it has to see the whole batch', async () => {
  const model = wrappedModel();
  expect(wholeBatchLayerOf(model)).toBe('wrapper');
  const replica = createReplica(model);
  const found = await passOf(replica, batch);
  expect(found.loss).toBeCloseTo((await stockPassOf(model, batch)).loss, 5);
  expect(() => parallelReplica([replica, createReplica(model)])).toThrow(
    'wrapper, which needs the whole batch',
  );
  model.dispose();
});

test('no tensor is left, and evaluation on several threads is that on one', async () => {
  const model = normalizedModel();
  const { replica } = await replicaOn(model, { others: ['normalized'] });
  await lossOf(replica);
  const before = tf.memory().numTensors;
  await lossOf(replica);
  expect(tf.memory().numTensors).toBe(before);
  const [several, one] = [
    await evaluate(replica, validation),
    await evaluate(createReplica(model), validation),
  ];
  expect(several.loss).toBeCloseTo(one.loss, 6);
  expect(several.accuracy).toBe(one.accuracy);
  expect(tf.memory().numTensors).toBe(before);
  replica.dispose();
  model.dispose();
});

test.each([
  ['layers', (model: LayersModel) => model.layers],
  ['a model', (model: LayersModel) => [model]],
])('frozen as %s, moving statistics stay while other layers are trained', async (_, frozenOf) => {
  const images = input({ shape: [8, 8, 3] });
  const inner = sequential({
    layers: [
      layers.flatten({ name: 'flat', inputShape: [8, 8, 3] }),
      layers.batchNormalization({ name: 'norm' }),
    ],
  });
  const outputs = layers.dense({ name: 'dense', units: 3 }).apply(inner.apply(images)) as SymbolicTensor;
  const outer = model({ inputs: images, outputs });
  for (const one of frozenOf(inner)) one.trainable = false;
  const before = await readWeights(outer);
  await collect(train({ model: outer, config, train: imageSource('train', { size: 26, batchSize: 8 }) }));
  const moved = (await readWeights(outer)).filter(({ values }, i) => `${values}` !== `${before[i]!.values}`);
  expect(moved.map(({ name }) => name)).toEqual(['dense/kernel', 'dense/bias']);
  outer.dispose();
});

test('a model that is frozen elsewhere than the worker’s is refused', async () => {
  const model = normalizedModel();
  model.getLayer('batch_normalization').trainable = false;
  await expect(replicaOn(model, { others: ['normalized'] })).rejects.toThrow('freeze the same layers');
  model.dispose();
});

describe('a worker that does not arrive at an exchange', () => {
  const failing = async (threads: Parameters<typeof replicaOn>[1], timeoutSeconds?: number) => {
    const model = normalizedModel();
    const { replica, workers } = await replicaOn(model, threads, timeoutSeconds);
    const reason = await lossOf(replica).then(
      () => undefined,
      (error: Error) => error,
    );
    // Others are not kept waiting.
    for (const worker of workers) await worker.terminate();
    model.dispose();
    return reason;
  };

  test('because it has ended, is an error of this thread, after the timeout at the latest', async () => {
    // At once where the worker ended before this thread began to wait for it.
    expect(await failing({ others: ['exiting'] }, 1)).toMatchObject({
      name: 'TrainingError',
      message: expect.stringMatching(
        /^batch normalization: expected the statistics of all 2 threads that share the batch within 1 s, found those of 1: a training worker has ended or hangs; resume the run from its last checkpoint$|^a worker ended early: /,
      ),
    });
    // Whichever thread is the first to find out.
    const error = await failing({ others: ['exiting', 'normalized'] }, 1);
    expect(error).toMatchObject({
      name: 'TrainingError',
      message: expect.stringMatching(/a training worker (has )?ended|a worker ended early/),
    });
  });

  test('because it has ended, is an error at once where this thread does not wait for it', async () => {
    const error = await failing({ here: false, others: ['exiting', 'normalized'] });
    expect(error).toEqual(
      new TrainingError(
        'a worker ended early: resume the run from its last checkpoint, or ask for its answers again',
      ),
    );
  });

  test('because it has failed, is its own error, at once', async () => {
    expect((await failing({ others: ['normalized', 'throwing'] }))?.message).toBe('thrown in a worker');
    expect((await failing({ here: false, others: ['throwing', 'normalized'] }))?.message).toBe(
      'thrown in a worker',
    );
  });

  test('because it cannot be sent a custom loss, is an error at once', async () => {
    const model = normalizedModel();
    const { replica } = await replicaOn(model, { others: ['normalized'] });
    const loss = { name: 'own', rows: () => tf.zeros([9]) };
    await expect(replica.gradients(batch, { ...position, loss })).rejects.toThrow('which cannot be sent');
    replica.dispose();
    model.dispose();
  });

  test('because it had ended before, is an error at once', async () => {
    const model = normalizedModel();
    const { replica, workers } = await replicaOn(model, { others: ['normalized'] });
    await lossOf(replica);
    await workers[0]!.terminate();
    await expect(lossOf(replica)).rejects.toThrow(TrainingError);
    model.dispose();
  });
});
