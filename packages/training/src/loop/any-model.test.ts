import type { BatchSource, Snapshot } from '@dropout-lab/contracts';
import { readWeights, trainedWeights, writeWeights } from '@dropout-lab/model';
import {
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { train } from '../index.ts';
import { collect, configOf, imageSource, memorySink, only } from '../testing.ts';

const source: BatchSource = imageSource('train', { size: 12, batchSize: 4 });
const config = configOf({ epochs: 4, optimizer: { name: 'adam', learningRate: 0.01 } });

/** Two branches, each a model of its own whose layers have the names of the other's. */
const branches = (): LayersModel => {
  const images = input({ shape: [8, 8, 3] });
  const branch = (name: string) =>
    sequential({
      name,
      layers: [
        layers.conv2d({ name: 'conv', filters: 2, kernelSize: 3, inputShape: [8, 8, 3] }),
        layers.flatten({ name: 'flat' }),
        layers.dense({ name: 'dense', units: 4 }),
      ],
    });
  const joined = layers
    .concatenate({ name: 'join' })
    .apply([branch('left').apply(images) as SymbolicTensor, branch('right').apply(images) as SymbolicTensor]);
  const outputs = layers.dense({ name: 'dense', units: 3 }).apply(joined) as SymbolicTensor;
  return model({ inputs: images, outputs });
};

/** Layers that nobody has named. */
const unnamed = (): LayersModel =>
  sequential({
    layers: [
      layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 3], activation: 'relu' }),
      layers.flatten(),
      layers.dense({ units: 5, activation: 'relu' }),
      layers.dense({ units: 3 }),
    ],
  });

describe.each([
  ['two branches with equal layer names', branches],
  ['unnamed layers', unnamed],
])('a model of %s', (_, build) => {
  test('has a name of its own for every variable', async () => {
    const built = build();
    const names = (await readWeights(built)).map(({ name }) => name);
    expect(new Set(names).size).toBe(built.weights.length);
    expect(trainedWeights(built).map(({ name }) => name)).toEqual(names);
    built.dispose();
  });

  test('gives its weights to an equal model, to the bit', async () => {
    const [from, to] = [build(), build()];
    const weights = await readWeights(from);
    writeWeights(to, weights);
    const values = async (one: LayersModel) => (await readWeights(one)).map((weight) => weight.values);
    expect(await values(to)).toEqual(weights.map((weight) => weight.values));
    from.dispose();
    to.dispose();
  });

  test('resumed in a new model, ends with the same loss and the same bits', async () => {
    const start = build();
    const initial = await readWeights(start);
    start.dispose();
    const trained = async (resumeFrom?: Snapshot) => {
      const built = build();
      writeWeights(built, initial);
      const checkpoints = memorySink();
      const events = await collect(train({ model: built, config, train: source, checkpoints, resumeFrom }));
      const weights = (await readWeights(built)).map(({ values }) => values);
      built.dispose();
      return { weights, losses: only('epoch', events).map(({ logs }) => logs.loss), checkpoints };
    };
    const whole = await trained();
    const { snapshot } = whole.checkpoints.saved.find(
      ({ name, snapshot: { progress } }) => name === 'last' && progress.epoch === 2,
    )!;
    const resumed = await trained(snapshot);
    expect(resumed.losses).toEqual(whole.losses.slice(2));
    expect(resumed.weights).toEqual(whole.weights);
  });
});

test('a layer that is used twice has one name for its variables', async () => {
  const images = input({ shape: [8, 8, 3] });
  const flat = layers.flatten().apply(images) as SymbolicTensor;
  const shared = layers.dense({ name: 'shared', units: 192 });
  const twice = shared.apply(shared.apply(flat)) as SymbolicTensor;
  const built = model({
    inputs: images,
    outputs: layers.dense({ name: 'out', units: 3 }).apply(twice) as SymbolicTensor,
  });
  expect((await readWeights(built)).map(({ name }) => name)).toEqual([
    'shared/kernel',
    'shared/bias',
    'out/kernel',
    'out/bias',
  ]);
  built.dispose();
});

test('moving statistics are in a snapshot, and a resumed run ends with the same', async () => {
  const build = () =>
    sequential({
      layers: [
        layers.flatten({ inputShape: [8, 8, 3] }),
        layers.batchNormalization(),
        layers.dense({ units: 3, kernelInitializer: 'zeros' }),
      ],
    });
  const run = async (resumeFrom?: Snapshot) => {
    const built = build();
    const checkpoints = memorySink();
    await collect(train({ model: built, config, train: source, checkpoints, resumeFrom }));
    const weights = await readWeights(built);
    built.dispose();
    return { weights, saved: checkpoints.saved };
  };
  const whole = await run();
  const names = whole.weights.map(({ name }) => name.replace(/^.*\//, ''));
  expect(names).toEqual(['gamma', 'beta', 'kernel', 'bias', 'moving_mean', 'moving_variance']);
  const { snapshot } = whole.saved.find(({ snapshot: { progress } }) => progress.epoch === 2)!;
  const resumed = await run(snapshot);
  expect(resumed.weights.map(({ values }) => values)).toEqual(whole.weights.map(({ values }) => values));
  expect(whole.weights[4]!.values.some((mean) => mean !== 0)).toBe(true);
});
