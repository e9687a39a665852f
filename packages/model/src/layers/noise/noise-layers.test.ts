import { ConfigError } from '@dropout-lab/contracts';
import { dropoutMask, fold, normal, randomKey } from '@dropout-lab/random';
import * as tf from '@tensorflow/tfjs-core';
import {
  model as functional,
  input,
  type LayersModel,
  layers,
  loadLayersModel,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { AlphaDropout, GaussianDropout, GaussianNoise, NoiseLayer, setDropoutPosition } from '../../index.ts';

/** Each layer, its formula for an input and what is drawn, and what is drawn by its documentation. */
const noises = {
  GaussianNoise: {
    create: (config: object = {}) => new GaussianNoise({ name: 'noise', stddev: 0.3, seed: 7, ...config }),
    settings: { stddev: 0.3 },
    drawn: (step: number, size: number, start = 0) =>
      normal(fold(randomKey(7), 'gaussian_noise', step), { size, start }),
    formula: (x: number, z: number) => x + 0.3 * z,
  },
  GaussianDropout: {
    create: (config: object = {}) => new GaussianDropout({ name: 'noise', rate: 0.2, seed: 7, ...config }),
    settings: { rate: 0.2 },
    drawn: (step: number, size: number, start = 0) =>
      normal(fold(randomKey(7), 'gaussian_dropout', step), { size, start }),
    // sqrt(0.2 / 0.8)
    formula: (x: number, z: number) => x * (1 + 0.5 * z),
  },
  AlphaDropout: {
    create: (config: object = {}) => new AlphaDropout({ name: 'noise', rate: 0.2, seed: 7, ...config }),
    settings: { rate: 0.2 },
    drawn: (step: number, size: number, start = 0) =>
      dropoutMask(fold(randomKey(7), 'alpha_dropout', step), { size, start, rate: 0.2 }),
    // s = -1.7580993408473766; a = 1 / sqrt(0.8 * (1 + 0.2 s^2)) = 0.878907..., b = -a s 0.2
    formula: (x: number, kept: number) => {
      const s = -1.7580993408473766;
      const a = 1 / Math.sqrt(0.8 * (1 + 0.2 * s * s));
      return a * (kept ? x : s) - 0.2 * a * s;
    },
  },
} as const;

const inputOf = (size: number) => Float32Array.from({ length: size }, (_, i) => Math.sin(i + 1));
const outputOf = (layer: NoiseLayer, shape: number[], training = true): number[] =>
  tf.tidy(() => {
    const input = tf.tensor(inputOf(tf.util.sizeFromShape(shape)), shape);
    return [...(layer.apply(input, { training }) as tf.Tensor).dataSync()];
  });
const at = <Layer extends NoiseLayer>(layer: Layer, step: number, rowOffset = 0): Layer => {
  layer.position = { step, rowOffset };
  return layer;
};
const closely = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 5));

describe.each(Object.entries(noises))('%s', (className, { create, settings, drawn, formula }) => {
  const shape = [4, 3, 2];
  const size = 24;

  test('is its formula of the documented draws', () => {
    const noise = drawn(9, size);
    const expected = [...inputOf(size)].map((x, i) => formula(x, noise[i]!));
    expect(outputOf(at(create(), 9), shape)).toEqual(closely(expected));
  });

  test('does nothing in inference, and moves on with each training call only', () => {
    const layer = at(create(), 3);
    expect(outputOf(layer, shape, false)).toEqual([...inputOf(size)]);
    expect(layer.position.step).toBe(3);
    const first = outputOf(layer, shape);
    expect(layer.position.step).toBe(4);
    const second = outputOf(layer, shape);
    expect(second).not.toEqual(first);
    // As after a resumption.
    expect(outputOf(at(create(), 4), shape)).toEqual(second);
  });

  test('rows of replicas are rows of the whole', () => {
    const rows = inputOf(size);
    const whole = outputOf(at(create(), 5), shape);
    const part = tf.tidy(() => [
      ...(
        at(create(), 5, 3).apply(tf.tensor(rows.slice(18), [1, 3, 2]), { training: true }) as tf.Tensor
      ).dataSync(),
    ]);
    expect(part).toEqual(whole.slice(18));
  });

  test('keeps mean and variance as the formula says', () => {
    const many = 100_000;
    const input = normal(randomKey(1), { size: many });
    const output = tf.tidy(() =>
      (
        at(create(), 0).apply(tf.tensor(input, [100, 1000]), { training: true }) as tf.Tensor
      ).dataSync<'float32'>(),
    );
    const mean = output.reduce((sum, y) => sum + y, 0) / many;
    const variance = output.reduce((sum, y) => sum + (y - mean) ** 2, 0) / many;
    // Var(x + n) = 1 + 0.3^2; Var(x * n) = 1 + 0.25; that of alpha dropout stays 1.
    const expected = { GaussianNoise: 1.09, GaussianDropout: 1.25, AlphaDropout: 1 }[className]!;
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expected / many));
    expect(Math.abs(variance - expected)).toBeLessThan(5 * Math.sqrt((4 * expected ** 2) / many));
  });

  test('its gradient is that of finite differences', () => {
    const layer = create();
    const cotangent = tf.tensor(
      Float32Array.from({ length: size }, (_, i) => Math.cos(3 * i)),
      shape,
    );
    const total = (x: tf.Tensor) =>
      tf.sum(tf.mul(at(layer, 2).apply(x, { training: true }) as tf.Tensor, cotangent));
    const values = inputOf(size);
    const gradient = tf.tidy(() => tf.grad(total)(tf.tensor(values, shape)).dataSync());
    const valueAt = (i: number, change: number) => {
      const changed = values.map((x, k) => (k === i ? x + change : x));
      return tf.tidy(() => total(tf.tensor(changed, shape)).dataSync()[0]!);
    };
    // The layers are linear: any difference will do, and a large one has little rounding.
    for (let i = 0; i < size; i++) {
      expect(gradient[i]).toBeCloseTo((valueAt(i, 1) - valueAt(i, -1)) / 2, 4);
    }
    expect(new Set(gradient).size).toBeGreaterThan(5);
    cotangent.dispose();
  });

  test('without a seed draws by its name; other seeds and names draw otherwise', () => {
    const outputs = [
      create(),
      create({ seed: 8 }),
      create({ seed: null }),
      create({ seed: null, name: 'other' }),
      create({ seed: null }),
    ].map((layer) => outputOf(layer, shape));
    expect(outputs[4]).toEqual(outputs[2]);
    expect(new Set(outputs.map(String)).size).toBe(4);
  });

  test('NaN stays NaN, whether it is dropped or not', () => {
    const found = tf.tidy(() =>
      (create().apply(tf.fill([50], Number.NaN), { training: true }) as tf.Tensor).dataSync(),
    );
    expect(found.every(Number.isNaN)).toBe(true);
  });

  test('leaves no tensor behind', () => {
    const layer = create();
    const before = tf.memory().numTensors;
    for (let i = 0; i < 3; i++) outputOf(layer, shape);
    expect(tf.memory().numTensors).toBe(before);
  });

  test('refuses settings out of range by name', () => {
    const [setting] = Object.keys(settings) as [string];
    expect(() => create({ [setting]: -0.1 })).toThrow(ConfigError);
    expect(() => create({ [setting]: Number.NaN })).toThrow(`noise: ${setting}: expected a`);
    expect(() => create({ seed: 1.5 })).toThrow('noise: seed: expected a whole number of at least 0');
    if (setting === 'rate') expect(() => create({ rate: 1 })).toThrow('below 1, received 1');
  });

  test('is loaded from a stock model.json, and saves one that stock TensorFlow.js loads', async () => {
    const stockLayer = (layers as unknown as Record<string, (config: object) => layers.Layer>)[
      className[0]!.toLowerCase() + className.slice(1)
    ]!({ name: 'noise', ...settings });
    const chain = (layer: layers.Layer): LayersModel =>
      sequential({ layers: [layers.inputLayer({ inputShape: [4] }), layer, layers.dense({ units: 2 })] });
    const stock = chain(stockLayer);
    const loaded = await load(stock);
    expect(loaded.getLayer('noise')).toBeInstanceOf(NoiseLayer);
    expect(loaded.getLayer('noise')).toMatchObject({ ...settings, seed: null });

    const ours = chain(create());
    const again = await load(ours);
    expect(again.getLayer('noise').getConfig()).toEqual(ours.getLayer('noise').getConfig());
    const images = tf.ones([3, 4]);
    for (const model of [ours, again]) setDropoutPosition(model, { step: 6 });
    const outputs = [ours, again].map((model) => [
      ...(model.apply(images, { training: true }) as tf.Tensor).dataSync(),
    ]);
    expect(outputs[1]).toEqual(outputs[0]);

    const Stock = stockLayer.constructor as unknown as typeof GaussianNoise;
    const Ours = create().constructor as typeof GaussianNoise;
    tf.serialization.registerClass(Stock);
    try {
      const inStock = await load(ours);
      expect(inStock.getLayer('noise')).toBeInstanceOf(Stock);
      const [a, b] = [ours, inStock].map((model) => [...(model.predict(images) as tf.Tensor).dataSync()]);
      expect(b).toEqual(a);
      inStock.dispose();
    } finally {
      tf.serialization.registerClass(Ours);
    }
    tf.dispose([images]);
    for (const model of [stock, loaded, ours, again]) model.dispose();
  });
});

/** Through the stock format and JSON text. */
const load = async (model: LayersModel): Promise<LayersModel> => {
  let saved: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      saved = { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    }),
  );
  return loadLayersModel(tf.io.fromMemory(saved!));
};

test('a mask of alpha dropout can be shared, as that of dropout', () => {
  const layer = new AlphaDropout({ rate: 0.5, seed: 1, noiseShape: [null, 1, 1, null] });
  const output = tf.tidy(() =>
    (layer.apply(tf.ones([2, 3, 3, 4]), { training: true }) as tf.Tensor4D).arraySync(),
  );
  for (const image of output) {
    for (const pixel of image.flat()) expect(pixel).toEqual(image[0]![0]);
  }
  expect(new Set(output.flat(3)).size).toBe(2);
});

test('every layer that draws gets the position of training, in nested models too', () => {
  const inner = sequential({
    layers: [
      layers.inputLayer({ inputShape: [4] }),
      new GaussianNoise({ stddev: 1 }),
      new AlphaDropout({ rate: 0.1 }),
    ],
  });
  const model = sequential({
    layers: [layers.inputLayer({ inputShape: [4] }), new GaussianDropout({ rate: 0.1 }), inner],
  });
  setDropoutPosition(model, { step: 11, rowOffset: 5 });
  const all = [...model.layers, ...inner.layers].filter((layer) => layer instanceof NoiseLayer);
  expect(all.map(({ position }) => position)).toEqual(Array(3).fill({ step: 11, rowOffset: 5, call: 0 }));
  model.dispose();
});

describe('a layer that is used more than once in a step draws other numbers each time, and the same at no other step', () => {
  const drawnBy =
    (model: LayersModel, shape: number[]) =>
    (step: number): number[] =>
      tf.tidy(() => {
        setDropoutPosition(model, { step });
        return [...(model.apply(tf.zeros(shape), { training: true }) as tf.Tensor).dataSync()];
      });

  test.each([
    [
      'in two places',
      () => {
        const inputs = input({ shape: [3] });
        const noise = new GaussianNoise({ stddev: 1, seed: 7 });
        const once = noise.apply(inputs) as SymbolicTensor;
        const again = noise.apply(inputs) as SymbolicTensor;
        return functional({ inputs, outputs: layers.concatenate().apply([once, again]) as SymbolicTensor });
      },
      [1, 3],
    ],
    [
      'for every step of a sequence',
      () =>
        sequential({
          layers: [
            layers.timeDistributed({
              layer: new GaussianNoise({ stddev: 1, seed: 7 }),
              inputShape: [2, 3],
            }),
          ],
        }),
      [1, 2, 3],
    ],
  ])('%s', (_, build, shape) => {
    const model = build();
    const drawn = drawnBy(model, shape);
    const steps = [0, 1, 2].map(drawn);
    const all = steps.flat();
    expect(new Set(all).size).toBe(all.length);
    // To the bit where training goes on.
    expect(drawn(1)).toEqual(steps[1]);
    model.dispose();
  });
});
