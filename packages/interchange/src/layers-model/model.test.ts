import type { LayerSpec, ModelSpec } from '@dropout-lab/contracts';
import { buildModel, parseModelSpec, readWeights, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model as modelOf,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { savedModel } from '../../../../scripts/saved-model.ts';
import { exampleNames, exampleOf, pixelsUnknown } from '../examples.testing.ts';
import { decodeLayersModel, InterchangeError, matchWeights } from '../index.ts';

// biome-ignore lint/suspicious/noExplicitAny: a file as a test changes it
type Json = any;

/** Values in steps, so that none of them could be another. */
const ramp = (length: number): Float32Array => Float32Array.from({ length }, (_, i) => (i % 17) / 16 - 0.5);
const bytesOf = (...arrays: readonly (Float32Array | Uint8Array | Uint16Array)[]): Uint8Array =>
  Uint8Array.from(
    arrays.flatMap((array) => [...new Uint8Array(array.buffer, array.byteOffset, array.byteLength)]),
  );

/** The files of a model: its `model.json`, and its weights in one file. */
interface Saved {
  readonly file: Json;
  readonly contents: ReadonlyMap<string, Uint8Array>;
}

/** Saves as TensorFlow.js does. */
const savedBy = async (model: LayersModel): Promise<Saved> => {
  const { described, weightSpecs, bytes } = await savedModel(model);
  const file = {
    ...described,
    weightsManifest: [{ paths: ['./model.weights.bin'], weights: weightSpecs }],
  };
  return { file: JSON.parse(JSON.stringify(file)), contents: new Map([['./model.weights.bin', bytes]]) };
};

const read = async ({ file, contents }: Saved) => {
  const { decodeWeights, ...described } = decodeLayersModel(JSON.stringify(file), 'model.json');
  const spec = parseModelSpec(described.model);
  const built = buildModel(spec, 3);
  const weights = matchWeights(await decodeWeights(contents), await readWeights(built), 'model.json');
  writeWeights(built, weights);
  return { ...described, spec, built, weights };
};

const answers = (model: LayersModel, size: readonly number[]): Float32Array =>
  tf.tidy(() => {
    const images = tf.randomUniform([3, ...size] as [number, number, number, number], 0, 1, 'float32', 5);
    return (model.apply(images, { training: false }) as tf.Tensor).dataSync<'float32'>().slice();
  });

/** A spec as a model.json has it: SpatialDropout2D is a Dropout with a shape of masks, a penalty has both factors. */
const asSaved = (spec: ModelSpec): ModelSpec => {
  const plain = (layer: LayerSpec): LayerSpec => {
    if (layer.kind === 'residual')
      return { ...layer, layers: layer.layers.map(plain), shortcut: layer.shortcut.map(plain) };
    if (layer.kind === 'spatial_dropout2d') {
      const { rate } = layer;
      return { kind: 'dropout', name: 'spatial_dropout2d', rate, noiseShape: [null, 1, 1, null] };
    }
    if ('poolSize' in layer && layer.strides === null) return { ...layer, strides: layer.poolSize };
    if (!('kernelRegularizer' in layer)) return layer;
    const { kernelRegularizer: penalty, kernelInitializer: own } = layer;
    const isOurs = own === 'partial_dirac' || own === 'whitening';
    return {
      ...layer,
      kernelInitializer: isOurs ? 'pytorch_uniform' : own,
      kernelRegularizer: penalty && { l1: 0, l2: 0, ...penalty, name: 'l1_l2' },
    };
  };
  return { ...spec, layers: spec.layers.map(plain) };
};

test.each(exampleNames)('%s, saved here, comes back as it was, and its weights to the bit', async (name) => {
  const { spec, weights } = await exampleOf(name);
  const model = buildModel(spec, 3);
  writeWeights(model, weights);
  const saved = await savedBy(model);
  const found = await read({ ...saved, file: { ...saved.file, generatedBy: 'dropout-lab' } });
  expect(found.spec).toEqual(asSaved(spec));
  expect(found.weights).toEqual(weights);
  expect(found.weights.reduce((sum, { values }) => sum + values.length, 0)).toBe(found.built.countParams());
  model.dispose();
  found.built.dispose();
});

describe('a model of stock TensorFlow.js answers as it does there', () => {
  const seeded = { kernelInitializer: initializers.glorotUniform({ seed: 1 }) };

  test('a Sequential without an InputLayer, its layers under the names that TensorFlow.js gives', async () => {
    const model = sequential({
      layers: [
        layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: 'relu', ...seeded }),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.dropout({ rate: 0.4 }),
        layers.flatten(),
        layers.dense({ units: 6, ...seeded }),
        layers.reLU(),
        layers.batchNormalization(),
        layers.dense({ units: 5, activation: 'softmax', ...seeded }),
      ],
    });
    model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy' });
    const found = await read(await savedBy(model));
    expect(found.spec).toMatchObject({ inputShape: [8, 8, 3], numClasses: 5, dataFormat: 'channels_last' });
    expect(found.spec.layers.map(({ kind }) => kind)).toEqual(
      'conv2d max_pooling2d dropout flatten dense activation batch_normalization dense'.split(' '),
    );
    expect(found.notes).toEqual([pixelsUnknown('model.json')]);
    expect(answers(found.built, [8, 8, 3])).toEqual(answers(model, [8, 8, 3]));
  });

  test('a functional model with a block, names that layers cannot have here, and channels first', async () => {
    const images = input({ shape: [3, 8, 8] });
    const last = layers.permute({ dims: [2, 3, 1] }).apply(images) as SymbolicTensor;
    const named = (name: string) =>
      layers.conv2d({ name, filters: 3, kernelSize: 3, padding: 'same', useBias: true, ...seeded });
    const inner = named('2nd.conv').apply(named('block/conv').apply(last)) as SymbolicTensor;
    const sum = layers.add().apply([last, inner]) as SymbolicTensor;
    const pooled = layers.globalAveragePooling2d({}).apply(sum) as SymbolicTensor;
    const outputs = layers.dense({ name: 'block.conv', units: 4, ...seeded }).apply(pooled) as SymbolicTensor;
    const model = modelOf({ inputs: images, outputs });
    const found = await read(await savedBy(model));
    expect(found.weights.map(({ name }) => name)).toEqual([
      'block_conv/kernel',
      'block_conv/bias',
      'layer_2nd_conv/kernel',
      'layer_2nd_conv/bias',
      'block_conv_1/kernel',
      'block_conv_1/bias',
    ]);
    expect(found.spec.dataFormat).toBe('channels_first');
    expect(answers(found.built, [3, 8, 8])).toEqual(answers(model, [3, 8, 8]));
  });
});

/** As Keras's converter writes a model of Keras 2: versions around it, each class by its name alone, shards of a file. */
const converted = (): Saved => {
  const [kernel, bias, dense] = [ramp(2 * 2 * 1 * 2), ramp(2), ramp(18 * 3)];
  const norms = [ramp(3), ramp(3), ramp(3), Float32Array.of(1, 2, 3)];
  const zeros = { class_name: 'Zeros', config: {} };
  const of = (class_name: string, name: string, config: object) => ({
    class_name,
    config: { name, trainable: true, dtype: 'float32', ...config },
  });
  const none = {
    bias_initializer: zeros,
    kernel_regularizer: null,
    bias_regularizer: null,
    activity_regularizer: null,
    kernel_constraint: null,
    bias_constraint: null,
  };
  const input = { batch_input_shape: [null, 4, 4, 1], dtype: 'float32', sparse: false, ragged: false };
  const list = [
    { class_name: 'InputLayer', config: { ...input, name: 'input_1' } },
    of('Rescaling', 'rescaling', { batch_input_shape: [null, 4, 4, 1], scale: 1 / 255, offset: 0 }),
    of('Conv2D', 'conv2d', {
      ...{ filters: 2, kernel_size: [2, 2], strides: [1, 1], padding: 'valid', data_format: 'channels_last' },
      ...{ dilation_rate: [1, 1], groups: 1, activation: 'relu', use_bias: true, ...none },
      kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
    }),
    of('Flatten', 'flatten', { data_format: 'channels_last' }),
    of('Dense', 'dense', {
      ...{ units: 3, activation: 'linear', use_bias: false, ...none },
      kernel_initializer: { class_name: 'Orthogonal', config: { gain: 1, seed: null } },
    }),
    of('BatchNormalization', 'batch_normalization', {
      ...{ axis: [1], momentum: 0.99, epsilon: 0.001, center: true, scale: true, beta_initializer: zeros },
      ...{ beta_regularizer: null, gamma_regularizer: null, beta_constraint: null, gamma_constraint: null },
    }),
    of('Dense', 'dense_1', {
      ...{ units: 2, activation: 'softmax', use_bias: true, ...none },
      kernel_initializer: { class_name: 'GlorotUniform', config: { seed: null } },
    }),
  ];
  const entry = (name: string, shape: readonly number[]) => ({ name, shape, dtype: 'float32' });
  const norm = (name: string) => entry(`batch_normalization/${name}`, [3]);
  const bytes = bytesOf(kernel, bias, dense, ...norms, ramp(6), ramp(2));
  const paths = ['group1-shard1of2.bin', 'group1-shard2of2.bin'];
  return {
    file: {
      format: 'layers-model',
      generatedBy: 'keras v2.12.0',
      convertedBy: 'TensorFlow.js Converter v4.22.0',
      modelTopology: {
        keras_version: '2.12.0',
        backend: 'tensorflow',
        model_config: { class_name: 'Sequential', config: { name: 'sequential', layers: list } },
        training_config: { loss: 'categorical_crossentropy' },
      },
      weightsManifest: [
        {
          paths,
          weights: [
            entry('conv2d/kernel', [2, 2, 1, 2]),
            entry('conv2d/bias', [2]),
            entry('sequential/dense/kernel', [18, 3]),
            ...['gamma', 'beta', 'moving_mean', 'moving_variance'].map(norm),
            entry('dense_1/dense_1/kernel', [3, 2]),
            entry('dense_1/bias', [2]),
          ],
        },
      ],
    },
    // Cut within a number.
    contents: new Map([
      [paths[0]!, bytes.slice(0, 101)],
      [paths[1]!, bytes.slice(101)],
    ]),
  };
};

test("a model of Keras's converter is read, and given bytes as it takes them", async () => {
  const { spec, weights, weightFiles, notes, built } = await read(converted());
  expect(weightFiles).toEqual(['group1-shard1of2.bin', 'group1-shard2of2.bin']);
  expect(spec.layers[0]).toMatchObject({ kind: 'rescaling', scale: 1, offset: 0 });
  expect(spec.layers[3]).toMatchObject({ kind: 'dense', units: 3, kernelInitializer: 'glorot_uniform' });
  expect(spec.layers[4]).toMatchObject({ kind: 'batch_normalization', momentum: 0.99, epsilon: 0.001 });
  expect(notes).toEqual([
    'model.json: "dense" (Dense): kernel_initializer: Orthogonal is left out, which matters only when training from the start',
    'model.json: its first layer takes bytes, 0 to 255: it was changed to take pixels from 0 to 1, as here',
  ]);
  expect(weights.map(({ name, values }) => [name, [...values]])).toEqual([
    ['conv2d/kernel', [...ramp(8)]],
    ['conv2d/bias', [...ramp(2)]],
    ['dense/kernel', [...ramp(54)]],
    ['batch_normalization/gamma', [...ramp(3)]],
    ['batch_normalization/beta', [...ramp(3)]],
    ['dense_1/kernel', [...ramp(6)]],
    ['dense_1/bias', [...ramp(2)]],
    ['batch_normalization/moving_mean', [...ramp(3)]],
    ['batch_normalization/moving_variance', [1, 2, 3]],
  ]);
  built.dispose();
});

test('quantized weights are the numbers that they stand for, and those of an optimizer are left out', async () => {
  const { file } = converted();
  const packed = (dtype: string, more: object) => ({ dtype: 'float32', quantization: { dtype, ...more } });
  file.weightsManifest = [
    {
      paths: ['weights.bin'],
      weights: [
        { name: 'a/kernel', shape: [2, 2], ...packed('uint8', { scale: 0.5, min: -1 }) },
        { name: 'b/kernel', shape: [2], ...packed('uint16', { scale: 2, min: 0 }) },
        { name: 'c/kernel', shape: [2], ...packed('float16', {}) },
        { name: 'Adam/iter', shape: [], dtype: 'int32', group: 'optimizer' },
      ],
    },
  ];
  const { decodeWeights, weights } = decodeLayersModel(JSON.stringify(file), 'model.json');
  expect(weights).toBe(8);
  const bytes = bytesOf(
    Uint8Array.of(0, 1, 2, 255),
    Uint16Array.of(1, 65535),
    // 1 and -2.
    Uint16Array.of(0x3c00, 0xc000),
    new Uint8Array(4),
  );
  const found = await decodeWeights(new Map([['weights.bin', bytes]]));
  expect(found.map(({ name, shape, values }) => [name, shape, [...values]])).toEqual([
    ['a/kernel', [2, 2], [-1, -0.5, 0, 126.5]],
    ['b/kernel', [2], [2, 131070]],
    ['c/kernel', [2], [1, -2]],
  ]);
});

describe('refused in a sentence', () => {
  const weight = (file: Json) => file.weightsManifest[0].weights[0];
  const layer = (file: Json, place: number) => file.modelTopology.model_config.config.layers[place];
  const cases: readonly [string, (file: Json) => unknown, string][] = [
    [
      'a graph',
      (f) => ({ ...f, format: 'graph-model' }),
      'expected a model of layers, found a graph of operations',
    ],
    ['a graph of before formats', () => ({ modelTopology: { node: [] } }), 'found a graph of operations'],
    ['another format', (f) => ({ ...f, format: 7 }), 'model.json: expected a model of layers, found 7'],
    ['a list', () => [], 'model.json: expected an object with modelTopology, found []'],
    ['no layers', (f) => ({ ...f, modelTopology: undefined }), 'in modelTopology, found none'],
    [
      'layers that are none',
      (f) => ({ ...f, modelTopology: 5 }),
      "modelTopology: expected an object of Keras's, found 5",
    ],
    [
      'no weights',
      (f) => ({ ...f, weightsManifest: undefined }),
      "expected the list of the model's weights, found nothing",
    ],
    [
      'no list of weights',
      (f) => ({ ...f, weightsManifest: [{ paths: ['a'] }] }),
      'weightsManifest[0]: weights: expected a list',
    ],
    [
      'no files',
      (f) => ({ ...f, weightsManifest: [{ weights: [] }] }),
      'weightsManifest[0]: paths: expected the names of files',
    ],
    [
      'a file twice',
      (f) => void Object.assign(f.weightsManifest[0], { paths: ['a', 'a'] }),
      'paths: expected each name once, found "a" twice',
    ],
    [
      'a weight twice',
      (f) => void Object.assign(weight(f), { name: 'conv2d/bias' }),
      'expected each name once, found "conv2d/bias" twice',
    ],
    [
      'a weight twice, under two names',
      (f) => void Object.assign(weight(f), { name: 'x/conv2d/bias' }),
      'found "conv2d/bias" twice',
    ],
    [
      'a weight without a name',
      (f) => void Object.assign(weight(f), { name: 4 }),
      'weights: expected a name, found 4',
    ],
    [
      'no shape',
      (f) => void Object.assign(weight(f), { shape: [2, -1] }),
      '"conv2d/kernel": expected a shape, a list of whole numbers, found [2,-1]',
    ],
    [
      'texts',
      (f) => void Object.assign(weight(f), { dtype: 'string' }),
      '"conv2d/kernel": expected float32, found "string"',
    ],
    [
      'unknown numbers',
      (f) => void Object.assign(weight(f), { quantization: { dtype: 'constructor' } }),
      'quantization: expected float16, or uint8',
    ],
    [
      'numbers without a scale',
      (f) => void Object.assign(weight(f), { quantization: { dtype: 'uint8' } }),
      'quantization: expected float16, or uint8',
    ],
    [
      'a layer that we lack',
      (f) => void Object.assign(layer(f, 3), { class_name: 'LSTM' }),
      '"flatten" (LSTM): expected one of the layers',
    ],
    [
      'a slope that we lack',
      (f) => void Object.assign(layer(f, 3), { class_name: 'LeakyReLU', config: { name: 'l', alpha: 0.3 } }),
      '"l" (LeakyReLU): alpha: expected 0.2, found 0.3',
    ],
    [
      'an axis that is not the last',
      (f) => void Object.assign(layer(f, 5).config, { axis: [3] }),
      'axis: expected -1 or [-1], found [3]',
    ],
    [
      'images of any size',
      (f) => void Object.assign(layer(f, 0).config, { batch_input_shape: [null, null, null, 3] }),
      'expected images of one height, width',
    ],
    [
      'no shape of the input',
      (f) => void f.modelTopology.model_config.config.layers.shift(),
      'expected the model to begin with the shape of its input',
    ],
    [
      'a model in the model',
      (f) => void Object.assign(layer(f, 3), { class_name: 'Functional' }),
      '"flatten" (Functional): expected one of the layers',
    ],
    [
      'a constraint that we lack',
      (f) =>
        void Object.assign(layer(f, 4).config, { kernel_constraint: { class_name: 'NonNeg', config: {} } }),
      'expected MaxNorm or UnitNorm, found NonNeg',
    ],
  ];

  test.each(cases)('%s', (_, change, message) => {
    const { file } = converted();
    // Without the first layer, the second has the shape.
    delete layer(file, 1).config.batch_input_shape;
    const text = JSON.stringify(change(file) ?? file);
    expect(() => decodeLayersModel(text, 'model.json')).toThrow(InterchangeError);
    expect(() => decodeLayersModel(text, 'model.json')).toThrow(message);
  });

  test('no JSON, or one that is nested deep', () => {
    expect(() => decodeLayersModel('{', 'model.json')).toThrow(/^model\.json: expected JSON/);
    const deep = `{"modelTopology":${'['.repeat(5000)}${']'.repeat(5000)}}`;
    expect(() => decodeLayersModel(deep, 'model.json')).toThrow('expected at most 100 levels of nesting');
  });

  test('weights that are missing, cut off, too long or not finite', async () => {
    const { file, contents } = converted();
    const { decodeWeights } = decodeLayersModel(JSON.stringify(file), 'model.json');
    const [[first, start], [second, end]] = [...contents] as [[string, Uint8Array], [string, Uint8Array]];
    await expect(decodeWeights(new Map([[first, start]]))).rejects.toThrow(
      'model.json: expected the file group1-shard2of2.bin with its weights, found none',
    );
    for (const other of [end.slice(4), bytesOf(end, new Uint8Array(4))]) {
      const files = new Map([...contents, [second, other]] as const);
      await expect(decodeWeights(files)).rejects.toThrow(
        `model.json: expected 336 bytes of weights in 2 files from ${first} on, found ${101 + other.length}: copy the files again`,
      );
    }
    const broken = new Map(contents);
    broken.set(first, bytesOf(Float32Array.of(Number.NaN), start.slice(4)));
    await expect(decodeWeights(broken)).rejects.toThrow(/^model\.json: .*conv2d\/kernel/);
  });

  test('a shape that no memory has room for is refused for its length', async () => {
    const { file, contents } = converted();
    weight(file).shape = [2 ** 40, 2 ** 40, 2 ** 40];
    const { decodeWeights, weights } = decodeLayersModel(JSON.stringify(file), 'model.json');
    expect(weights).toBeGreaterThan(2 ** 119);
    await expect(decodeWeights(contents)).rejects.toThrow(/expected \S+ bytes of weights/);
  });
});
