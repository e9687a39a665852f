import { readFile } from 'node:fs/promises';
import type { LayerSpec, ModelSpec } from '@dropout-lab/contracts';
import { buildModel, parseModelSpec, readWeights } from '@dropout-lab/model';
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { exampleNames, exampleOf, pixelsUnknown } from '../examples.testing.ts';
import { decodeKerasArchitecture, decodeKerasWeights, encodeKerasModel, InterchangeError } from '../index.ts';

/** A spec without what Keras has no place for. */
const asKerasHasIt = (spec: ModelSpec): ModelSpec => {
  const plain = (layer: LayerSpec): LayerSpec => {
    if (layer.kind === 'residual')
      return { ...layer, layers: layer.layers.map(plain), shortcut: layer.shortcut.map(plain) };
    // Keras has as many means as variances.
    if (layer.kind === 'normalization') {
      const length = Math.max([layer.mean].flat().length, [layer.variance].flat().length);
      const filled = (numbers: number | number[]) =>
        typeof numbers === 'number' && length > 1 ? Array<number>(length).fill(numbers) : numbers;
      return { ...layer, mean: filled(layer.mean), variance: filled(layer.variance) };
    }
    if (!('dropConnect' in layer)) return layer;
    const { kernelInitializer: own } = layer;
    const isOurs = own === 'partial_dirac' || own === 'whitening';
    return { ...layer, dropConnect: 0, kernelInitializer: isOurs ? 'pytorch_uniform' : own };
  };
  return { ...spec, layers: spec.layers.map(plain) };
};

test.each(exampleNames.filter((name) => name !== 'approximate'))(
  '%s comes back as it was, and its weights to the bit',
  async (name) => {
    const { spec, weights } = await exampleOf(name);
    const { bytes } = await encodeKerasModel(weights, spec);
    const { model, notes } = decodeKerasArchitecture(bytes, 'a.keras');
    const read = parseModelSpec(model);
    expect(read).toEqual(asKerasHasIt(spec));
    expect(notes).toEqual([pixelsUnknown('a.keras')]);
    const built = buildModel(read, 3);
    expect(await decodeKerasWeights(bytes, await readWeights(built), read, 'a.keras')).toEqual(weights);
    built.dispose();
  },
);

const saved = async (): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL('../../fixtures/keras.keras', import.meta.url)));

test('an archive that Keras saved is read', async () => {
  const { model, notes, weightBytes } = decodeKerasArchitecture(await saved(), 'a.keras');
  expect(notes).toEqual([pixelsUnknown('a.keras')]);
  expect(weightBytes).toBe(unzipSync(await saved())['model.weights.h5']!.length);
  const { layers, ...others } = model;
  expect(others).toEqual({ inputShape: [12, 12, 3], numClasses: 10, dataFormat: 'channels_last' });
  const names = { name: null, kernelConstraint: { name: 'max_norm', maxValue: 2, axis: 0 } };
  const own = { ...names, useBias: true, kernelRegularizer: null, activation: 'relu' };
  const block = [
    { kind: 'max_pooling2d', name: null, poolSize: 2, strides: 2, padding: 'valid' },
    { kind: 'dropout', name: null, rate: 0.5, noiseShape: null },
  ];
  const convolution = {
    kind: 'conv2d',
    kernelSize: 3,
    strides: 1,
    padding: 'valid',
    ...own,
    kernelInitializer: 'he_uniform',
  };
  const last = { kernelInitializer: 'glorot_uniform', kernelConstraint: null, activation: 'softmax' };
  expect(layers).toEqual([
    { ...convolution, filters: 2 },
    ...block,
    { ...convolution, filters: 3 },
    ...block,
    { kind: 'flatten', name: null },
    { kind: 'dense', ...own, units: 4, kernelInitializer: 'he_uniform' },
    { kind: 'dense', ...own, units: 10, ...last },
  ]);
});

/** A part of a configuration, as a test changes it. */
type Json = Record<string, ReturnType<typeof JSON.parse>>;

/** The archive of a model whose configuration was changed by hand. */
const changed = async (name: 'blocks' | 'saved', change: (config: Json) => unknown) => {
  const archive = name === 'saved' ? await saved() : (await encodeKerasModel(...(await partsOf(name)))).bytes;
  const files = unzipSync(archive);
  const config: Json = JSON.parse(strFromU8(files['config.json']!));
  return zipSync({ ...files, 'config.json': strToU8(JSON.stringify(change(config) ?? config)) });
};
const partsOf = async (name: 'blocks') => {
  const { spec, weights } = await exampleOf(name);
  return [weights, spec] as const;
};
const layer = (config: Json, name: string): Json => {
  const found = config['config'].layers.find((one: Json) => one['config'].name === name);
  if (found === undefined) throw new Error(`no layer ${name}`);
  return found;
};
const set = (name: string, values: Json) => (config: Json) => {
  Object.assign(layer(config, name)['config'], values);
};

describe('other ways to write the same', () => {
  test('layers of an activation, a policy of types, and names that are not ours', async () => {
    const bytes = await changed('saved', (config) => {
      Object.assign(layer(config, 'flatten'), { class_name: 'ReLU' });
      layer(config, 'flatten')['config'] = {
        name: 'flatten',
        max_value: null,
        negative_slope: 0,
        threshold: 0,
      };
      layer(config, 'dropout')['config'].name = 'my/dropout';
      layer(config, 'dropout_1')['config'].name = 'late';
    });
    const { layers } = decodeKerasArchitecture(bytes, 'a').model;
    expect(layers[6]).toEqual({ kind: 'activation', activation: 'relu', name: 'flatten' });
    expect(layers.filter(({ kind }) => kind === 'dropout').map(({ name }) => name)).toEqual([null, 'late']);
  });

  test.each([
    [1 / 255, 0, 1],
    [1 / 127.5, -1, 2],
  ])('a first layer that scales bytes by %d is given bytes', async (scale, offset, scaled) => {
    const bytes = await changed('saved', (config) => {
      const rescaling = { name: 'rescaling', scale, offset };
      config['config'].layers.splice(1, 0, {
        module: 'keras.layers',
        class_name: 'Rescaling',
        config: rescaling,
        registered_name: null,
      });
    });
    const { model, notes } = decodeKerasArchitecture(bytes, 'a');
    expect(model.layers[0]).toEqual({ kind: 'rescaling', name: null, scale: scaled, offset });
    expect(notes).toEqual([
      'a: its first layer takes bytes, 0 to 255: it was changed to take pixels from 0 to 1, as here',
    ]);
    // One of ours takes numbers from 0 to 1, whatever it makes of them.
    const files = unzipSync(bytes);
    const ours = zipSync({ ...files, 'metadata.json': strToU8(JSON.stringify({ dropout_lab: {} })) });
    expect(decodeKerasArchitecture(ours, 'a').model.layers[0]).toMatchObject({ scale });
  });

  test('an axis that is counted, of an image and of what is flat', async () => {
    const norm = (name: string, axis: unknown) => ({
      module: 'keras.layers',
      class_name: 'BatchNormalization',
      config: { name, axis },
      registered_name: null,
    });
    const bytes = (flat: unknown) =>
      changed('saved', (config) => {
        const { layers } = config['config'];
        layers.splice(-1, 0, norm('flat', flat));
        layers.splice(2, 0, norm('image', [3]));
      });
    const { layers } = decodeKerasArchitecture(await bytes(1), 'a').model;
    expect(layers.flatMap((layer) => (layer.kind === 'batch_normalization' ? layer.name : []))).toEqual([
      'image',
      'flat',
    ]);
    const other = await bytes(3);
    expect(() => decodeKerasArchitecture(other, 'a')).toThrow(
      'a: "flat" (BatchNormalization): axis: expected -1 or [-1], found 3',
    );
  });

  test('a block whose input is its second summand, and the sum as an operation', async () => {
    const { spec } = await exampleOf('blocks');
    const bytes = await changed('blocks', (config) => {
      const add = layer(config, 'residual_1');
      add['inbound_nodes'][0].args = add['inbound_nodes'][0].args[0].toReversed();
      add['module'] = 'keras.src.ops.numpy';
    });
    expect(parseModelSpec(decodeKerasArchitecture(bytes, 'a').model)).toEqual(asKerasHasIt(spec));
  });

  test('an initializer that we lack, and a frozen layer, are left out and said', async () => {
    const kernel_initializer = {
      module: 'keras.initializers',
      class_name: 'Orthogonal',
      config: { gain: 1 },
      registered_name: null,
    };
    const bytes = await changed('saved', (config) => {
      set('conv2d', { kernel_initializer, trainable: false })(config);
    });
    const { model, notes } = decodeKerasArchitecture(bytes, 'a');
    expect(model.layers[0]).not.toHaveProperty('kernelInitializer');
    expect(notes).toEqual([
      'a: "conv2d" (Conv2D): it is frozen in Keras, which matters only for training',
      'a: "conv2d" (Conv2D): kernel_initializer: Orthogonal is left out, which matters only when training from the start',
      pixelsUnknown('a'),
    ]);
  });

  test('layers that do nothing in prediction are left out and said, a model of them too', async () => {
    const of = (class_name: string, config: object) => ({
      ...{ module: 'keras.layers', class_name, registered_name: null },
      config: { name: class_name.toLowerCase(), ...config },
    });
    const plain = decodeKerasArchitecture(await saved(), 'a').model;
    const bytes = await changed('saved', (config) => {
      const [input, ...behind] = config['config'].layers;
      const inner = [
        of('InputLayer', { batch_shape: [null, 12, 12, 3] }),
        of('RandomZoom', { height_factor: 0.1 }),
      ];
      config['config'].layers = [
        ...[input, of('Sequential', { layers: inner }), of('RandomBrightness', { factor: 0.2 })],
        ...[...behind.slice(0, 1), of('ActivityRegularization', { l2: 0.1 }), ...behind.slice(1)],
      ];
    });
    const { model, notes } = decodeKerasArchitecture(bytes, 'a');
    expect(model).toEqual(plain);
    expect(notes).toEqual([
      'a: "sequential" (Sequential): it does nothing in prediction, and is left out',
      'a: "randombrightness" (RandomBrightness): it does nothing in prediction, and is left out',
      'a: "activityregularization" (ActivityRegularization): it does nothing in prediction, and is left out',
      pixelsUnknown('a'),
    ]);
  });

  test('a model within of other layers, or of one of the user’s own, is refused', async () => {
    const within = (inner: Json) =>
      changed('saved', (config) => {
        const model = { module: 'keras', class_name: 'Sequential', registered_name: null };
        config['config'].layers.splice(1, 0, { ...model, config: { name: 'inner', layers: [inner] } });
      });
    const dense = {
      module: 'keras.layers',
      class_name: 'Dense',
      registered_name: null,
      config: { units: 2 },
    };
    const mine = { module: 'mine', class_name: 'RandomFlip', registered_name: 'mine>RandomFlip', config: {} };
    for (const [inner, message] of [
      [dense, 'a: "inner" (Sequential): expected one of the layers Conv2D'],
      [mine, 'a: "inner": expected a class of Keras\'s, found "mine>RandomFlip"'],
    ] as const) {
      const bytes = await within(inner);
      expect(() => decodeKerasArchitecture(bytes, 'a')).toThrow(message);
    }
  });

  test('a batch normalization as Keras 3.15 writes it, whose renormalization is off', async () => {
    const bytes = await changed('blocks', (config) => {
      const norms = config['config'].layers.filter((one: Json) => one['class_name'] === 'BatchNormalization');
      expect(norms.length).toBeGreaterThan(0);
      for (const { config } of norms)
        Object.assign(config, { renorm: false, renorm_clipping: null, renorm_momentum: 0.99 });
    });
    const { spec } = await exampleOf('blocks');
    expect(parseModelSpec(decodeKerasArchitecture(bytes, 'a').model)).toEqual(asKerasHasIt(spec));
    const renormalized = await changed('blocks', (config) => {
      for (const one of config['config'].layers)
        if (one.class_name === 'BatchNormalization') one.config.renorm = true;
    });
    expect(() => decodeKerasArchitecture(renormalized, 'a')).toThrow(
      'renorm: expected null or false, found true',
    );
  });
});

describe('refused by its name', () => {
  const sequential: readonly [string, (config: Json) => unknown, string][] = [
    [
      'a subclass of Model',
      (c) => ({ ...c, class_name: 'Net', registered_name: 'mine>Net', module: 'mine' }),
      'a: config.json: expected a class of Keras\'s, found "mine>Net" of the module "mine"',
    ],
    ['no model', () => [] as unknown as Json, "a: config.json: expected an object of Keras's, found []"],
    [
      'another model of Keras',
      (c) => ({ ...c, class_name: 'Bert' }),
      'a: expected a Sequential or a functional model, found "Bert"',
    ],
    [
      'no layers',
      (c) => {
        c['config'].layers = {};
      },
      'a: expected from 2 to 2000 layers, found {}',
    ],
    [
      'thousands of layers',
      (c) => {
        c['config'].layers = Array(2001).fill(c['config'].layers[0]);
      },
      'found 2001',
    ],
    [
      'a layer of the user’s own',
      (c) =>
        void Object.assign(layer(c, 'flatten'), {
          module: 'mine',
          class_name: 'Swirl',
          registered_name: 'mine>Swirl',
        }),
      'a: layers[7]: expected a class of Keras\'s, found "mine>Swirl" of the module "mine": replace it',
    ],
    [
      'a class that replaces one of Keras',
      (c) => void Object.assign(layer(c, 'flatten'), { registered_name: 'mine>Flatten' }),
      'found "mine>Flatten": replace it',
    ],
    [
      'a Lambda',
      (c) => void Object.assign(layer(c, 'flatten'), { class_name: 'Lambda' }),
      'a: "flatten" (Lambda): expected one of the layers Conv2D, Dense, ',
    ],
    [
      'a layer that we lack',
      (c) => void Object.assign(layer(c, 'flatten'), { class_name: 'LSTM' }),
      'found "LSTM": dropout-lab has nothing like it',
    ],
    [
      'a model in the model',
      (c) => void Object.assign(layer(c, 'flatten'), { class_name: 'Sequential' }),
      'a: "flatten" (Sequential): expected one of the layers',
    ],
    [
      'a class that every object has',
      (c) => void Object.assign(layer(c, 'flatten'), { class_name: 'toString' }),
      'a: "flatten" (toString): expected one of the layers',
    ],
    [
      'an argument that every object has',
      set('flatten', { constructor: 7 }),
      'a: "flatten" (Flatten): constructor: expected null or false, found 7',
    ],
    [
      'two layers of one name',
      set('conv2d_1', { name: 'conv2d' }),
      'a: expected a name of its own for each layer',
    ],
    ['a layer without a name', set('conv2d_1', { name: 5 }), 'a: layers[4]: expected a name, found 5'],
    [
      'dilation',
      set('conv2d', { dilation_rate: [2, 2] }),
      'a: "conv2d" (Conv2D): dilation_rate: expected [1,1] or 1, found [2,2]',
    ],
    ['groups', set('conv2d', { groups: 2 }), 'a: "conv2d" (Conv2D): groups: expected 1, found 2'],
    [
      'channels first',
      set('conv2d', { data_format: 'channels_first' }),
      'data_format: expected "channels_last" or null, found "channels_first"',
    ],
    [
      'a window that is not square',
      set('conv2d', { kernel_size: [3, 5] }),
      'kernel_size: expected one length for height and width, found [3,5]',
    ],
    [
      'an activation that we lack',
      set('conv2d', { activation: 'sigmoid' }),
      'activation: expected one of the activations linear, relu,',
    ],
    [
      'an activation of the user’s own',
      set('conv2d', {
        activation: {
          module: 'builtins',
          class_name: 'function',
          config: 'wave',
          registered_name: 'function',
        },
      }),
      'found "wave"',
    ],
    [
      'a constraint that we lack',
      set('conv2d', { kernel_constraint: { module: 'keras.constraints', class_name: 'NonNeg', config: {} } }),
      'kernel_constraint: expected MaxNorm or UnitNorm, found NonNeg',
    ],
    [
      'a constraint of the user’s own',
      set('conv2d', { kernel_constraint: { module: 'mine', class_name: 'Mine', config: {} } }),
      'kernel_constraint: expected a class of Keras\'s, found "Mine"',
    ],
    [
      'a regularizer with another argument',
      set('conv2d', {
        kernel_regularizer: { module: 'keras.regularizers', class_name: 'L2', config: { l2: 1, mode: 'x' } },
      }),
      'kernel_regularizer: mode: expected null, found "x"',
    ],
    [
      'a regularizer of the bias',
      set('conv2d', { bias_regularizer: { class_name: 'L2' } }),
      'bias_regularizer: expected null or false, found {"class_name":"L2"}',
    ],
    [
      'an argument that nobody knows',
      set('dropout', { sharpness: 2 }),
      'a: "dropout" (Dropout): sharpness: expected null or false, found 2',
    ],
    [
      'half precision',
      set('dense', { dtype: { class_name: 'DTypePolicy', config: { name: 'mixed_float16' } } }),
      'a: "dense" (Dense): dtype: expected float32, found "mixed_float16"',
    ],
    [
      'bytes as input',
      set('input_layer', { dtype: 'uint8' }),
      'a: "input_layer": expected an input of float32, 0 to 1, found "uint8"',
    ],
    [
      'images of any size',
      set('input_layer', { batch_shape: [null, null, null, 3] }),
      'expected images of one height, width and number of channels, found the shape [null,null,null,3]',
    ],
    [
      'no input',
      (c) => void c['config'].layers.shift(),
      'expected the model to begin with the shape of its input, found Conv2D',
    ],
    [
      'no dense layer',
      (c) => void c['config'].layers.splice(-2),
      'a: expected a Dense layer with a unit for each class, found none',
    ],
  ];
  const functional: readonly [string, (config: Json) => unknown, string][] = [
    [
      'a layer that is called twice',
      (c) => void layer(c, 'conv2d')['inbound_nodes'].push({}),
      'a: "conv2d": expected a layer that is called once, found 2 calls',
    ],
    [
      'a call of Keras 2',
      (c) => {
        layer(c, 'conv2d')['inbound_nodes'][0] = [['input', 0, 0, {}]];
      },
      'a: "conv2d": expected a call as Keras 3 saves it',
    ],
    [
      'dropout in prediction',
      (c) => {
        layer(c, 'conv2d')['inbound_nodes'][0].kwargs = { training: true };
      },
      'a: "conv2d": expected a call without "training", found true',
    ],
    [
      'another output of a layer',
      (c) => {
        layer(c, 'conv2d')['inbound_nodes'][0].args[0].config.keras_history = ['input', 1, 0];
      },
      'a: "conv2d": expected the output of a layer that is called once, found ["input",1,0]',
    ],
    [
      'a layer that is not there',
      (c) => {
        layer(c, 'conv2d')['inbound_nodes'][0].args[0].config.keras_history = ['nowhere', 0, 0];
      },
      'a: "conv2d": expected a layer "nowhere", found none',
    ],
    [
      'two outputs',
      (c) => {
        c['config'].output_layers = [
          ['dense', 0, 0],
          ['dense_1', 0, 0],
        ];
      },
      'a: output_layers: expected one, found [["dense",0,0],["dense_1",0,0]]',
    ],
    [
      'another merge',
      (c) => {
        layer(c, 'residual')['class_name'] = 'Concatenate';
      },
      'a: "residual": expected 1 input of a layer of the class Concatenate, found 2',
    ],
    [
      'a circle',
      (c) => {
        layer(c, 'conv2d')['inbound_nodes'][0].args[0].config.keras_history = ['conv2d_1', 0, 0];
      },
      'expected layers between the input "input" and the output',
    ],
    [
      'a way into the middle of a block',
      (c) => {
        const [shortcut] = layer(c, 'residual_2')['inbound_nodes'][0].args[0];
        // From within the first way of another block.
        shortcut.config.keras_history = ['conv2d_1', 0, 0];
      },
      'expected a chain of layers and residual blocks, found',
    ],
  ];

  test.each(sequential)('%s', async (_, change, message) => {
    const bytes = await changed('saved', change);
    expect(() => decodeKerasArchitecture(bytes, 'a')).toThrow(InterchangeError);
    expect(() => decodeKerasArchitecture(bytes, 'a')).toThrow(message);
  });

  test.each(functional)('%s', async (_, change, message) => {
    const bytes = await changed('blocks', change);
    expect(() => decodeKerasArchitecture(bytes, 'a')).toThrow(InterchangeError);
    expect(() => decodeKerasArchitecture(bytes, 'a')).toThrow(message);
  });

  test('a configuration that is deep, long or no JSON', () => {
    const archive = (config: string | Uint8Array) =>
      zipSync({ 'config.json': typeof config === 'string' ? strToU8(config) : config });
    const refusal = (bytes: Uint8Array) => {
      expect(() => decodeKerasArchitecture(bytes, 'a')).toThrow(InterchangeError);
      return expect(() => decodeKerasArchitecture(bytes, 'a'));
    };
    refusal(archive('{')).toThrow('a: config.json: expected JSON');
    refusal(archive(`${'['.repeat(5000)}${']'.repeat(5000)}`)).toThrow(
      'expected at most 100 levels of nesting',
    );
    // 32 MB in 32 kB.
    refusal(archive(new Uint8Array(2 ** 25))).toThrow(/found one of 33554432 bytes, packed into \d+, where/);
    refusal(zipSync({ 'model.weights.h5': strToU8('') })).toThrow('expected an archive with config.json');
  });
});
