import { once } from 'node:events';
import { MessageChannel as NodeChannel, Worker } from 'node:worker_threads';
import type { Batch } from '@dropout-lab/contracts';
import { readWeights, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import {
  connectReplica,
  createReplica,
  parallelReplica,
  type Replica,
  serveReplica,
  TrainingError,
  train,
} from '../index.ts';
import { collect, configOf, imageSource, only, regularizedModel, tinyModel } from '../testing.ts';
import { useWorkers } from './workers.testing.ts';

const batch = imageSource('train', { size: 5, batchSize: 5 }).batch(0, 0);

const gradientsOf = async (replica: Replica, slice: Batch, step = 3) => {
  const position = { step, rowOffset: 2, batchSize: 9 };
  const { gradients, ...sums } = await replica.gradients(slice, position);
  const values = gradients.map((gradient) => Float32Array.from(gradient.dataSync()));
  tf.dispose(gradients);
  return { ...sums, values };
};

describe('over a channel', () => {
  const connect = async () => {
    const { port1, port2 } = new MessageChannel();
    const [here, there] = [tinyModel(), tinyModel({ dropout: { rate: 0.5 } })];
    serveReplica(port2, there);
    return { here, remote: await connectReplica(port1, here) };
  };

  test('a replica computes the same bits as one on this thread', async () => {
    const { here, remote } = await connect();
    const local = createReplica(here);
    expect(await gradientsOf(remote, batch)).toEqual(await gradientsOf(local, batch));
    expect(await remote.logits(batch)).toEqual(await local.logits(batch));
    const pass = { step: 2, firstImage: 30, rowOffset: 2, batchSize: 9 };
    expect(await remote.sampledLogits(batch, pass)).toEqual(await local.sampledLogits(batch, pass));
    remote.dispose();
  });

  test('it is asked before anything else is computed here', async () => {
    const { port1, port2 } = new MessageChannel();
    serveReplica(port2, tinyModel());
    const remote = await connectReplica(port1, tinyModel());
    const posted = vi.spyOn(port1, 'postMessage');
    const pending = [gradientsOf(remote, batch), remote.logits(batch)];
    expect(posted).toHaveBeenCalledTimes(2);
    await Promise.all(pending);
    remote.dispose();
  });

  test('it follows this thread’s weights', async () => {
    const { here, remote } = await connect();
    const before = await gradientsOf(remote, batch);
    writeWeights(
      here,
      (await readWeights(here)).map((weight) => ({
        ...weight,
        values: weight.values.map((value) => value / 2),
      })),
    );
    const after = await gradientsOf(remote, batch);
    expect(after).not.toEqual(before);
    expect(after).toEqual(await gradientsOf(createReplica(here), batch));
    remote.dispose();
  });

  test('no tensor is left', async () => {
    const { remote } = await connect();
    await gradientsOf(remote, batch);
    const before = tf.memory().numTensors;
    await gradientsOf(remote, batch);
    await remote.logits(batch);
    expect(tf.memory().numTensors).toBe(before);
    remote.dispose();
  });

  test('an error at the other end is thrown at this one, which keeps working', async () => {
    const { remote } = await connect();
    const torn: Batch = { ...batch, images: batch.images.subarray(1) };
    await expect(remote.logits(torn)).rejects.toThrow(/shape/i);
    expect((await remote.logits(batch)).length).toBe(15);
    remote.dispose();
  });

  test('after dispose every request is refused', async () => {
    const { remote } = await connect();
    const pending = remote.logits(batch);
    remote.dispose();
    await expect(pending).rejects.toThrow(TrainingError);
    await expect(remote.logits(batch)).rejects.toThrow(TrainingError);
  });
});

describe('in a worker', () => {
  const start = useWorkers();

  const startWorker = async () => {
    const { worker, port } = start('tiny');
    const model = tinyModel();
    return { worker, model, remote: await connectReplica(port, model) };
  };

  test('trains as two replicas on this thread do, to the bit, and ends when disposed', async () => {
    const { worker, model, remote } = await startWorker();
    const ended = once(worker, 'exit');
    const options = {
      config: configOf({ epochs: 2 }),
      train: imageSource('train', { size: 8, batchSize: 3 }),
      validation: imageSource('validation', { size: 5, batchSize: 3 }),
    };
    const replica = parallelReplica([remote, createReplica(model)]);
    const events = await collect(train({ ...options, model, replica }));
    replica.dispose();
    expect(await ended).toEqual([0]);

    const here = tinyModel();
    const twoHere = parallelReplica([createReplica(here), createReplica(here)]);
    const expected = await collect(train({ ...options, model: here, replica: twoHere }));
    const logs = (all: typeof events) => only('epoch', all).map((event) => event.logs);
    expect(logs(events)).toEqual(logs(expected));
    expect(await readWeights(model)).toEqual(await readWeights(here));
  });

  test('has the penalties, the masks of kernels and the blocks left out of this thread, to the bit', async () => {
    const { port } = start('regularized');
    const model = regularizedModel();
    const remote = await connectReplica(port, model);
    const here = createReplica(model);
    for (const step of [0, 3]) {
      expect(await gradientsOf(remote, batch, step)).toEqual(await gradientsOf(here, batch, step));
    }
    remote.dispose();
    model.dispose();
  });

  test('that dies while it computes, is an error at once and at every later request', async () => {
    const { worker, remote } = await startWorker();
    expect((await remote.logits(batch)).length).toBe(15);
    const pending = gradientsOf(remote, batch);
    const refused = expect(pending).rejects.toThrow(
      new TrainingError(
        'a worker ended early: resume the run from its last checkpoint, or ask for its answers again',
      ),
    );
    await worker.terminate();
    await refused;
    await expect(gradientsOf(remote, batch)).rejects.toThrow(TrainingError);
    await expect(remote.logits(batch)).rejects.toThrow(TrainingError);
  });

  test('that dies before it has connected, is an error', async () => {
    const { port1, port2 } = new NodeChannel();
    const worker = new Worker('process.exit(1)', { eval: true, workerData: port2, transferList: [port2] });
    await expect(connectReplica(port1 as unknown as MessagePort, tinyModel())).rejects.toThrow(TrainingError);
    await worker.terminate();
  });
});
