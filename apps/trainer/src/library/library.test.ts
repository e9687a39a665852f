import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ConfigError,
  DropoutLabError,
  datasets,
  type ImageDataset,
  type RunEvent,
} from '@dropout-lab/contracts';
import { decodeRun } from '@dropout-lab/runs';
import * as tf from '@tensorflow/tfjs-core';
import { decode, encode } from 'fast-png';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli } from '../command/testing.ts';
import * as library from '../index.ts';
import { load, sample, shapes, type TrainedModel, type TrainOptions, train } from '../index.ts';

const small = {
  backend: 'wasm',
  workers: 1,
  model: { filters: [4], units: [8] },
  batchSize: 25,
  epochs: 2,
} as const satisfies Partial<TrainOptions>;

const data = await sample();
const image = data.test.images.subarray(0, 3072);
let folder: string;
let trained: TrainedModel;
let epochs: number[];

beforeAll(async () => {
  folder = temporaryFolder();
  epochs = [];
  trained = await train({
    ...small,
    data,
    dropout: 0.2,
    learningRate: 0.003,
    onEpoch: ({ epoch, logs }) => {
      expect(logs.val_accuracy).toBeGreaterThanOrEqual(0);
      epochs.push(epoch);
    },
  });
});

describe('a trained model', () => {
  test('has its settings, its history and the evaluation on the test images', async () => {
    expect(trained.config).toMatchObject({
      dataset: 'cifar10',
      optimizer: { name: 'adam', learningRate: 0.003 },
      model: { filters: [4], dropout: { rate: 0.2 } },
    });
    expect(epochs).toEqual([1, 2]);
    expect(trained.history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    const report = await trained.evaluate();
    expect(report.count).toBe(100);
    expect(await trained.evaluate(data)).toEqual(report);
  });

  test('predicts pixels: every class, the most likely first, as often as the evaluation says', async () => {
    const predictions = await trained.predict(image);
    expect(predictions.map(({ className }) => className).sort()).toEqual([...trained.classNames].sort());
    expect(predictions.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 5);
    const probabilities = predictions.map(({ probability }) => probability);
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));

    const right = await Promise.all(
      Array.from(data.test.labels, async (label, i) => {
        const [first] = await trained.predict(data.test.images.subarray(3072 * i, 3072 * (i + 1)));
        return first!.className === data.test.classNames[label];
      }),
    );
    const { accuracy } = await trained.evaluate();
    expect(right.filter(Boolean).length).toBe(Math.round(accuracy * 100));
  });

  test('predicts an image file of the same pixels as the pixels, by path and by content', async () => {
    const png = encode({ width: 32, height: 32, channels: 3, data: image });
    expect(decode(png).data).toEqual(image);
    const path = join(folder, 'image.png');
    writeFileSync(path, png);
    const expected = await trained.predict(image);
    expect(await trained.predict(path)).toEqual(expected);
    expect(await trained.predict(new Blob([png as BlobPart]))).toEqual(expected);
  });

  test('is the same after it was saved and loaded, which leaves no tensor behind', async () => {
    const tensors = tf.memory().numTensors;
    const path = join(folder, 'saved');
    await trained.save(path);
    await trained.save(path);
    for (const saved of [path, await trained.files()]) {
      for (const checkpoint of ['last', 'best'] as const) {
        const loaded = await load(saved, { checkpoint });
        expect(tf.memory().numTensors).toBeGreaterThan(tensors);
        expect([loaded.config, loaded.history]).toEqual([trained.config, trained.history]);
        expect(await decodeRun(await loaded.files(), 'loaded')).toEqual(
          await decodeRun(await trained.files(), 'trained'),
        );
        if (checkpoint === 'last') {
          expect(await loaded.evaluate()).toEqual(await trained.evaluate());
          expect(await loaded.evaluate(data)).toEqual(await trained.evaluate());
          expect(await loaded.predict(image)).toEqual(await trained.predict(image));
        }
        loaded.dispose();
        expect(tf.memory().numTensors).toBe(tensors);
      }
    }
  });

  test('is one that the command takes', async () => {
    await trained.save(join(folder, 'for-the-command'));
    const png = encode({ width: 32, height: 32, channels: 3, data: image });
    writeFileSync(join(folder, 'frog.png'), png);
    const args = ['predict', 'for-the-command', 'frog.png', '--json', '--backend', 'wasm'];
    const { code, stdout, stderr } = await callCli(args, { cwd: folder });
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).classes).toEqual((await trained.predict(image)).slice(0, 3));
  });
});

describe('training', () => {
  test('leaves no tensor but those of the model, and those not once it is disposed', async () => {
    const tensors = tf.memory().numTensors;
    const model = await train({ ...small, data, epochs: 1 });
    const weights = model.model.weights.length;
    expect(tf.memory().numTensors).toBeLessThanOrEqual(tensors + weights);
    model.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('takes images of one’s own, and the command does not take others for them', async () => {
    const own = (count: number): ImageDataset => ({
      images: Uint8Array.from({ length: count * 64 }, (_, i) => ((i >> 6) % 3) * 100),
      labels: Uint8Array.from({ length: count }, (_, i) => i % 3),
      imageShape: [8, 8, 1],
      classNames: ['dark', 'grey', 'light'],
    });
    const model = await train({
      ...small,
      data: { train: own(60), test: own(12) },
      epochs: 12,
      learningRate: 0.01,
    });
    expect((await model.evaluate()).accuracy).toBeGreaterThan(0.6);
    const path = join(folder, 'own');
    await model.save(path);
    const loaded = await load(path);
    expect(await loaded.predict(new Uint8Array(64))).toEqual(await model.predict(new Uint8Array(64)));
    await expect(loaded.evaluate({ test: data.test })).rejects.toThrow(
      'expected images of 3 classes, found 10',
    );
    const { code, stderr } = await callCli(['evaluate', 'own', '--backend', 'wasm'], { cwd: folder });
    expect([code, stderr]).toEqual([
      2,
      expect.stringContaining('evaluate own: expected a run on a data set by name'),
    ]);
    const resumed = await callCli(['train', '--resume', 'own'], { cwd: folder });
    expect([resumed.code, resumed.stderr]).toEqual([2, expect.stringContaining('found one on own images')]);
    loaded.dispose();
    model.dispose();
  });

  test('that is stopped gives what was trained by then', async () => {
    const controller = new AbortController();
    const events: RunEvent[] = [];
    const model = await train({
      ...small,
      data,
      epochs: 50,
      signal: controller.signal,
      onEvent: (event) => {
        events.push(event);
        if (event.kind === 'epoch') controller.abort();
      },
    });
    expect(events.at(-1)).toMatchObject({ kind: 'run-ended', reason: 'interrupted', epoch: 1 });
    expect(model.history).toHaveLength(1);
    expect((await model.evaluate()).count).toBe(100);
    const loaded = await load(await model.files());
    await expect(loaded.evaluate()).rejects.toThrow('evaluate: expected images');
    loaded.dispose();
    model.dispose();
  });

  test('that diverges throws, and leaves no tensor', async () => {
    const tensors = tf.memory().numTensors;
    await expect(
      train({
        ...small,
        data,
        model: { ...small.model, maxNorm: null },
        optimizer: { name: 'sgd' },
        learningRate: 1e30,
      }),
    ).rejects.toThrow(/^train: expected a finite loss, but .*: lower the learning rate$/);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  test('draws a data set that is drawn', async () => {
    const drawn = await shapes();
    expect([drawn.train.labels.length, drawn.dataset]).toEqual([40_000, 'shapes']);
    const model = await train({ ...small, data: drawn, epochs: 1, limitTrain: 50, limitTest: 10 });
    expect(model.classNames).toContain('triangle');
    model.dispose();
  });
});

test('every data set of a configuration has a loader by its name', () => {
  expect(Object.keys(library)).toEqual(expect.arrayContaining(Object.keys(datasets)));
});

describe('what cannot be is refused in one sentence', () => {
  const trainWith = (options: object) => train({ ...small, data, ...options } as TrainOptions);

  test.each<[string, object, string]>([
    [
      'images that nobody has waited for',
      { data: sample() },
      'train: data: expected images, such as await sample() or await cifar10() gives, found a promise of them: write await before what loads them',
    ],
    ['no images', { data: undefined }, 'found no bytes in data.train.images'],
    ['no test images', { data: { train: data.train } }, 'found no bytes in data.test.images'],
    ['a fraction above 1', { dropout: 1.5 }, 'model.dropout.rate: expected'],
    ['a setting that is misspelt', { batchsize: 5 }, 'did you mean "batchSize"?'],
    [
      'a setting that has no place in the model',
      { model: { layers: [{ kind: 'flatten' }] }, dropout: 0.2 },
      'model.dropout: expected',
    ],
    [
      'a backend of browsers',
      { backend: 'webgl' },
      'backend: expected one of auto, node, webgpu, wasm, cpu here, received "webgl"',
    ],
  ])('%s', async (_, options, message) => {
    await expect(trainWith(options)).rejects.toThrow(ConfigError);
    await expect(trainWith(options)).rejects.toThrow(message);
  });

  test('predict and load', async () => {
    await expect(trained.predict(image.subarray(1))).rejects.toThrow(
      'predict: expected 3072 bytes, the pixels of an image of shape [32,32,3], received 3071',
    );
    await expect(trained.predict(join(folder, 'none.png'))).rejects.toThrow(DropoutLabError);
    await expect(trained.predict(5 as never)).rejects.toThrow('predict: expected a picture as bytes');
    await expect(load(join(folder, 'nowhere'))).rejects.toThrow('expected a run directory');
    await expect(load({})).rejects.toThrow('expected the files of a run, found no run.json');
    mkdirSync(join(folder, 'taken'));
    writeFileSync(join(folder, 'taken', 'mine'), '');
    await expect(trained.save(join(folder, 'taken'))).rejects.toThrow('expected a free place or a run');
  });

  test('a checkpoint that does not exist', async () => {
    const { 'checkpoints/best/state.json': _, ...files } = await trained.files();
    await expect(load(files, { checkpoint: 'best' })).rejects.toThrow(
      'expected a checkpoint named best, found last: load one that exists',
    );
  });
});
