import { ConfigError, type LayerInput } from '@dropout-lab/contracts';
import { dropoutMask, fold, randomKey } from '@dropout-lab/random';
import * as tf from '@tensorflow/tfjs-core';
import {
  type LayersModel,
  loadLayersModel,
  model as modelOf,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import {
  buildModel,
  createLogitsFunction,
  DropConnectConv2D,
  DropConnectDense,
  dropoutLayersOf,
  hasDropoutRate,
  headOf,
  logitsModel,
  parseModelSpec,
  readWeights,
  setDropoutPosition,
} from '../../index.ts';

const RATE = 0.3;
const conv: LayerInput = { kind: 'conv2d', filters: 4, kernelSize: 2, dropConnect: RATE, activation: 'relu' };
const dense: LayerInput = { kind: 'dense', units: 3, dropConnect: RATE };
const build = (...list: LayerInput[]): LayersModel =>
  buildModel(parseModelSpec({ inputShape: [5, 5, 2], numClasses: 3, layers: list }), 6);
const whole = (): LayersModel => build(conv, { kind: 'max_pooling2d' }, { kind: 'flatten' }, dense);
const images = (rows: number) => tf.randomNormal([rows, 5, 5, 2], 0, 1, 'float32', 4);

const outputsAt = (model: LayersModel, step: number, rows = 6): Float32Array =>
  tf.tidy(() => {
    setDropoutPosition(model, { step });
    return (model.apply(images(rows), { training: true }) as tf.Tensor).dataSync() as Float32Array;
  });

describe('the mask of a kernel', () => {
  test('is that of the layer’s seed and the step: a convolution with the masked kernel', async () => {
    const model = whole();
    const layer = model.getLayer('conv2d') as DropConnectConv2D;
    expect(layer).toBeInstanceOf(DropConnectConv2D);
    const [kernel, bias] = await readWeights(model);
    const { seed } = layer.mask;
    const mask = dropoutMask(fold(randomKey(seed!), 'drop_connect', 9), {
      size: kernel!.values.length,
      rate: RATE,
    });
    const dropped = mask.filter((scale) => scale === 0).length / mask.length;
    expect(Math.abs(dropped - RATE)).toBeLessThan(5 * Math.sqrt((RATE * (1 - RATE)) / mask.length));
    expect(Math.max(...mask)).toBe(Math.fround(1 / (1 - RATE)));
    const part = modelOf({ inputs: model.inputs, outputs: layer.output as SymbolicTensor });
    const expected = tf.tidy(() => {
      const masked = tf.tensor(
        kernel!.values.map((value, i) => value * mask[i]!),
        kernel!.shape as [number, number, number, number],
      );
      const convolved = tf.conv2d(images(6) as tf.Tensor4D, masked as tf.Tensor4D, 1, 'valid');
      return [...tf.relu(tf.add(convolved, tf.tensor(bias!.values))).dataSync()];
    });
    expect([...outputsAt(part, 9)]).toEqual(expected.map((value) => expect.closeTo(value, 5)));
    model.dispose();
  });

  test('is another at another step, and the same for every slice of a batch', () => {
    const model = whole();
    const [all, first] = [outputsAt(model, 3), outputsAt(model, 3, 6)];
    expect(first).toEqual(all);
    expect(outputsAt(model, 4)).not.toEqual(all);
    const slice = tf.tidy(() => {
      setDropoutPosition(model, { step: 3, rowOffset: 4 });
      return (model.apply(tf.slice(images(6), [4], [2]), { training: true }) as tf.Tensor).dataSync();
    });
    expect([...slice]).toEqual([...all.slice(12)].map((value) => expect.closeTo(value, 6)));
    model.dispose();
  });

  test('leaves nothing behind: in inference the kernel is whole, and no tensor is left', async () => {
    const model = whole();
    const before = tf.memory().numTensors;
    const weights = await readWeights(model);
    const inference = () => tf.tidy(() => (model.predict(images(6)) as tf.Tensor).dataSync());
    const expected = inference();
    outputsAt(model, 3);
    expect(inference()).toEqual(expected);
    expect(await readWeights(model)).toEqual(weights);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });
});

test.each([
  ['logits', dense],
  ['probabilities', { ...dense, activation: 'softmax' }],
] as const)('the last layer’s kernel is masked in the loss too: %s', (end, last) => {
  const model = build(conv, { kind: 'max_pooling2d' }, { kind: 'flatten' }, last as LayerInput);
  expect(headOf(model)).toEqual({
    activation: end === 'logits' ? 'linear' : 'softmax',
    name: 'dense',
    kind: end === 'logits' ? 'Dense linear' : 'Dense softmax',
  });
  const logitsOf = createLogitsFunction(model);
  tf.tidy(() => {
    const at = () => setDropoutPosition(model, { step: 2 });
    at();
    const output = model.apply(images(6), { training: true }) as tf.Tensor;
    at();
    const logits = logitsOf(images(6), { training: true });
    const expected = end === 'logits' ? logits : tf.softmax(logits);
    expect([...output.dataSync()]).toEqual([...expected.dataSync()].map((value) => expect.closeTo(value, 6)));
    const whole = logitsModel(model).apply(images(6), { training: false }) as tf.Tensor;
    expect(whole.dataSync()).not.toEqual(logits.dataSync());
  });
  model.dispose();
});

test('passes through model.json, masks included', async () => {
  const model = whole();
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = { ...saved, modelTopology: JSON.parse(JSON.stringify(saved.modelTopology)) };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  const loaded = await loadLayersModel(tf.io.fromMemory(artifacts!));
  expect(loaded.getLayer('dense')).toBeInstanceOf(DropConnectDense);
  expect(outputsAt(loaded, 8)).toEqual(outputsAt(model, 8));
  model.dispose();
  loaded.dispose();
});

test('a factor of the rate: the mask of such a rate, and the whole kernel at 0', () => {
  const [halved, quarter] = [0.5, 0.25].map((dropConnect) => {
    const layer = { kind: 'dense', units: 3, dropConnect } as const;
    return build({ kind: 'flatten' }, layer);
  }) as [LayersModel, LayersModel];
  const at = (model: LayersModel, rateFactor: number): Float32Array =>
    tf.tidy(() => {
      setDropoutPosition(model, { step: 3, rateFactor });
      return (model.apply(images(2), { training: true }) as tf.Tensor).dataSync() as Float32Array;
    });
  expect(hasDropoutRate(halved)).toBe(true);
  expect(dropoutLayersOf(halved)).toEqual(['dense']);
  expect(at(halved, 0.5)).toEqual(at(quarter, 1));
  expect(at(halved, 0)).toEqual(tf.tidy(() => (halved.predict(images(2)) as tf.Tensor).dataSync()));
  for (const model of [halved, quarter]) model.dispose();
});

test('without a position each training call has a mask of its own; a rate of 0 has none', () => {
  const layer = new DropConnectDense({ units: 5, dropConnect: 0.5, inputShape: [4] });
  tf.tidy(() => {
    const call = () => (layer.apply(tf.ones([1, 4]), { training: true }) as tf.Tensor).dataSync();
    const [first, second] = [call(), call()];
    expect(second).not.toEqual(first);
    layer.position = { step: 0, rowOffset: 0 };
    expect(call()).toEqual(first);
  });
  const whole = new DropConnectDense({ units: 5, dropConnect: 0, inputShape: [4] });
  tf.tidy(() => {
    const [training, inference] = [true, false].map((training) =>
      (whole.apply(tf.ones([1, 4]), { training }) as tf.Tensor).dataSync(),
    );
    expect(training).toEqual(inference);
  });
  layer.dispose();
  whole.dispose();
});

test.each([
  [
    'dropConnect',
    { dropConnect: 1 },
    'd: dropConnect: expected a number of at least 0 and below 1, received 1',
  ],
  ['seed', { dropConnect: 0.5, seed: -1 }, 'd: seed: expected a whole number of at least 0, received -1'],
])('a wrong %s is refused', (setting, config, message) => {
  expect(() => new DropConnectDense({ name: 'd', units: 1, ...config })).toThrow(
    new ConfigError(message, [setting]),
  );
});
