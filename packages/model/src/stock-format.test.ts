import type { LayerInput, TutorialInput } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, layers, loadLayersModel, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import {
  BatchNormalization,
  buildModel,
  Dropout,
  parseModelSpec,
  readWeights,
  writeWeights,
} from './index.ts';

/** Saves in the stock format, with the topology as JSON text, as in model.json. */
const artifactsOf = async (model: LayersModel): Promise<tf.io.ModelArtifacts> => {
  let saved: tf.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = { ...artifacts, modelTopology: JSON.parse(JSON.stringify(artifacts.modelTopology)) };
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
  });
  await model.save(handler);
  return saved!;
};
const load = (artifacts: tf.io.ModelArtifacts) => loadLayersModel(tf.io.fromMemory(artifacts));
const small: TutorialInput = {
  inputShape: [8, 8, 3],
  filters: [4, 4],
  padding: 'same',
  units: [6],
  dropout: { rate: 0.3, inputRate: 0.1, noiseShape: [null, 1, 1, null] },
};
const build = (input: TutorialInput | { readonly layers: LayerInput[] }) =>
  buildModel(
    parseModelSpec('layers' in input ? { inputShape: [8, 8, 3], ...input } : { ...small, ...input }),
    3,
  );
const outputs = (model: LayersModel, training: boolean) =>
  tf.tidy(() => {
    const images = tf.randomUniform(
      [5, ...(model.inputs[0]!.shape.slice(1) as number[])],
      0,
      1,
      'float32',
      9,
    );
    return (model.apply(images, { training }) as tf.Tensor).dataSync();
  });

describe('a stock model.json', () => {
  test.each(['channels_last', 'channels_first'] as const)(
    'brings back predictions and masks to the bit, %s',
    async (dataFormat) => {
      const model = build({ dataFormat, maxNorm: null });
      const loaded = await load(await artifactsOf(model));
      expect(
        loaded.layers.filter((layer) => layer instanceof Dropout).map((layer) => layer.getConfig()),
      ).toEqual(model.layers.filter((layer) => layer instanceof Dropout).map((layer) => layer.getConfig()));
      expect(outputs(loaded, false)).toEqual(outputs(model, false));
      expect(outputs(loaded, true)).toEqual(outputs(model, true));
      model.dispose();
      loaded.dispose();
    },
  );

  test('brings back every layer with its settings', async () => {
    const model = build({
      numClasses: 3,
      layers: [
        { kind: 'rescaling', scale: 2, offset: -1 },
        { kind: 'normalization', mean: [0.1, 0.2, 0.3], variance: 0.06 },
        { kind: 'conv2d', filters: 4, strides: 2, useBias: false, kernelInitializer: 'partial_dirac' },
        { kind: 'max_pooling2d', strides: 1, padding: 'same' },
        { kind: 'batch_normalization', center: false, scale: false },
        { kind: 'activation', activation: 'gelu_approximate' },
        { kind: 'average_pooling2d', poolSize: 2, strides: 1, padding: 'same' },
        { kind: 'layer_normalization', epsilon: 0.01, center: false },
        { kind: 'global_average_pooling2d' },
        {
          kind: 'dense',
          units: 3,
          useBias: false,
          kernelInitializer: 'lecun_normal',
          kernelRegularizer: { name: 'l1_l2', l1: 0.1, l2: 0.2 },
        },
      ],
    });
    const loaded = await load(await artifactsOf(model));
    const configsOf = ({ layers }: LayersModel) =>
      layers.map((layer) => [layer.getClassName(), layer.getConfig()]);
    // An initializer without a seed is written with null.
    const asWritten = (key: string, value: unknown) => (key === 'seed' ? (value ?? undefined) : value);
    expect(JSON.parse(JSON.stringify(configsOf(loaded), asWritten))).toEqual(
      JSON.parse(JSON.stringify(configsOf(model), asWritten)),
    );
    expect(outputs(loaded, false)).toEqual(outputs(model, false));
    model.dispose();
    loaded.dispose();
  });

  test('with max-norm: stock loading applies the constraint once; writeWeights gives the bits back', async () => {
    const model = build({ maxNorm: { value: 2, axis: [0, 1, 2] } });
    const loaded = await load(await artifactsOf(model));
    const constraintOf = (of: LayersModel) => of.getLayer('conv2d').getConfig()['kernelConstraint'];
    expect(constraintOf(loaded)).toEqual(constraintOf(model));
    expect([...outputs(loaded, false)]).toEqual([...outputs(model, false)].map((p) => expect.closeTo(p, 6)));
    writeWeights(loaded, await readWeights(model));
    expect(outputs(loaded, false)).toEqual(outputs(model, false));
    model.dispose();
    loaded.dispose();
  });

  test('of ours loads where this package is absent, and predicts the same', async () => {
    const model = build({ maxNorm: null });
    const artifacts = await artifactsOf(model);
    const StockDropout = layers.dropout({ rate: 0.5 }).constructor as typeof layers.Layer & {
      className: string;
      fromConfig: typeof Dropout.fromConfig;
    };
    tf.serialization.registerClass(StockDropout as unknown as typeof Dropout);
    try {
      const stock = await load(artifacts);
      expect(stock.getLayer('dropout')).toBeInstanceOf(StockDropout);
      expect(stock.getLayer('dropout').getConfig()).toEqual(model.getLayer('dropout').getConfig());
      expect(outputs(stock, false)).toEqual(outputs(model, false));
      expect(outputs(stock, true)).toHaveLength(50);
      stock.dispose();
    } finally {
      tf.serialization.registerClass(Dropout);
    }
    model.dispose();
  });

  test('of a stock Dropout loads as ours', async () => {
    const model = sequential({
      layers: [
        layers.inputLayer({ inputShape: [4] }),
        layers.dropout({ name: 'drop', rate: 0.25, seed: 6 }),
        layers.dense({ units: 2 }),
      ],
    });
    const loaded = await load(await artifactsOf(model));
    expect(loaded.getLayer('drop')).toBeInstanceOf(Dropout);
    expect(loaded.getLayer('drop')).toMatchObject({ rate: 0.25, seed: 6, noiseShape: null });
    expect(outputs(loaded, false)).toEqual(outputs(model, false));
    model.dispose();
    loaded.dispose();
  });
});

describe('batch normalization', () => {
  const config = { axis: 1, momentum: 0.7, epsilon: 0.01, center: false, trainable: false } as const;
  const modelWith = (norm: layers.Layer) =>
    sequential({
      layers: [layers.inputLayer({ inputShape: [4] }), norm, layers.dense({ units: 2, name: 'dense' })],
    });

  test('of the stock layer loads as ours', async () => {
    const model = modelWith(layers.batchNormalization({ name: 'norm', ...config }));
    const loaded = await load(await artifactsOf(model));
    expect(loaded.getLayer('norm')).toBeInstanceOf(BatchNormalization);
    expect(loaded.getLayer('norm').getConfig()).toEqual(model.getLayer('norm').getConfig());
    expect(loaded.getLayer('norm')).toMatchObject(config);
    expect(outputs(loaded, false)).toEqual(outputs(model, false));
    model.dispose();
    loaded.dispose();
  });

  test('of ours loads where this package is absent, and predicts the same', async () => {
    const model = modelWith(new BatchNormalization({ name: 'norm', momentum: 0.7 }));
    const artifacts = await artifactsOf(model);
    const Stock = layers.batchNormalization().constructor;
    expect(Stock).not.toBe(BatchNormalization);
    tf.serialization.registerClass(Stock as unknown as typeof BatchNormalization);
    try {
      const stock = await load(artifacts);
      expect(stock.getLayer('norm').constructor).toBe(Stock);
      expect(stock.getLayer('norm').getConfig()).toEqual(model.getLayer('norm').getConfig());
      expect(outputs(stock, false)).toEqual(outputs(model, false));
      stock.dispose();
    } finally {
      tf.serialization.registerClass(BatchNormalization);
    }
    model.dispose();
  });
});
