import { ConfigError, type ModelInput } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import reference from '../fixtures/reference.json' with { type: 'json' };
import { buildModel, Dropout, parseModelSpec, readWeights, requireBuildable } from './index.ts';

const small: ModelInput = { inputShape: [8, 8, 3], filters: [4], units: [6], numClasses: 5 };
const build = (input: ModelInput = {}, seed = 1) => buildModel(parseModelSpec(input), seed);
const namesOf = (model: LayersModel) => model.layers.map(({ name }) => name);

describe('the default spec', () => {
  test('is the tutorial’s network, layer by layer', () => {
    const model = build();
    expect(model.layers.map(({ name, outputShape }) => [name, outputShape])).toEqual([
      ['input', [null, 32, 32, 3]],
      ['conv2d', [null, 30, 30, 64]],
      ['max_pooling2d', [null, 15, 15, 64]],
      ['dropout', [null, 15, 15, 64]],
      ['conv2d_1', [null, 13, 13, 64]],
      ['max_pooling2d_1', [null, 6, 6, 64]],
      ['dropout_1', [null, 6, 6, 64]],
      ['flatten', [null, 2304]],
      ['dense', [null, 256]],
      ['logits', [null, 10]],
      ['softmax', [null, 10]],
    ]);
    expect(model.countParams()).toBe(631_370);
    model.dispose();
  });

  test('has Keras’s bounds of he_uniform, for the classifier glorot_uniform, and zero biases', async () => {
    const model = build();
    const limits: Record<string, number> = reference.bounds;
    for (const { name, values } of await readWeights(model)) {
      if (name.endsWith('/bias')) expect(values.every((value) => value === 0)).toBe(true);
      else {
        const limit = limits[name]!;
        const magnitudes = values.map(Math.abs);
        const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
        expect(Math.max(...magnitudes.slice(0, 50_000))).toBeLessThanOrEqual(Math.fround(limit));
        // Within five standard deviations of the variance of U(-limit, limit).
        expect(Math.abs(variance / (limit ** 2 / 3) - 1)).toBeLessThan(5 * Math.sqrt(0.8 / values.length));
      }
    }
    model.dispose();
  });
});

test('every variable but a kernel starts as Keras has it', async () => {
  const model = build({
    inputShape: [8, 8, 3],
    numClasses: 5,
    layers: [
      { kind: 'conv2d', filters: 2 },
      { kind: 'batch_normalization' },
      { kind: 'flatten' },
      { kind: 'dense', units: 5 },
    ],
  });
  const starts: Record<string, number> = { bias: 0, beta: 0, gamma: 1, moving_mean: 0, moving_variance: 1 };
  const weights = await readWeights(model);
  for (const { name, values } of weights) {
    const start = starts[name.replace(/^.*\//, '')];
    if (start === undefined) expect(name).toMatch(/\/kernel$/);
    else expect(values, name).toEqual(values.map(() => start));
  }
  expect(weights).toHaveLength(8);
  model.dispose();
});

describe('seeds', () => {
  test('the same seed gives the same weights to the bit, another seed others', async () => {
    const [first, again, other] = [build(small, 7), build(small, 7), build(small, 8)];
    expect(await readWeights(again)).toEqual(await readWeights(first));
    expect(await readWeights(other)).not.toEqual(await readWeights(first));
    for (const model of [first, again, other]) model.dispose();
  });

  test('a layer that is left out changes no other layer’s weights or masks', async () => {
    const seedOf = (model: LayersModel, name: string) => (model.getLayer(name) as Dropout).seed;
    const plain = build({ ...small, dropout: { rate: 0.5 } });
    const masked = build({ ...small, dropout: { rate: 0.5, inputRate: 0.1 } });
    expect(await readWeights(masked)).toEqual(await readWeights(plain));
    expect(seedOf(masked, 'dropout')).toBe(seedOf(plain, 'dropout'));
    expect(seedOf(masked, 'input_dropout')).not.toBe(seedOf(plain, 'dropout'));
    plain.dispose();
    masked.dispose();
  });

  test('initial weights are what they were when this was written: a change would change every run', async () => {
    const model = build(small, 0);
    expect([...(await readWeights(model))[0]!.values.slice(0, 4)]).toMatchInlineSnapshot(`
      [
        -0.15356436371803284,
        -0.044224727898836136,
        0.16752296686172485,
        -0.37908098101615906,
      ]
    `);
    model.dispose();
  });

  test('initial weights are drawn before the constraint, as in Keras', async () => {
    const constrained = build({ ...small, maxNorm: { value: 0.01 } });
    const free = build({ ...small, maxNorm: null });
    expect(await readWeights(constrained)).toEqual(await readWeights(free));
    constrained.dispose();
    free.dispose();
  });
});

describe('variants', () => {
  test('a rate of 0 leaves the layer out; a rate on the input puts one in front', () => {
    const none = build({ ...small, dropout: { rate: 0 } });
    expect(namesOf(none).filter((name) => name.includes('dropout'))).toEqual([]);
    const both = build({ ...small, dropout: { rate: 0.25, inputRate: 0.1 } });
    expect(namesOf(both).slice(0, 2)).toEqual(['input', 'input_dropout']);
    expect(both.layers.filter((layer) => layer instanceof Dropout).map(({ rate }) => rate)).toEqual([
      0.1, 0.25,
    ]);
    none.dispose();
    both.dispose();
  });

  test('a rate for each block, and one after dense layers', () => {
    const ratesOf = (dropout: object) => {
      const model = build({ ...small, filters: [4, 4], kernelSize: 2, units: [6, 5], dropout });
      const found = model.layers.flatMap((layer, i) =>
        layer instanceof Dropout ? [[model.layers[i - 1]!.name, layer.name, layer.rate]] : [],
      );
      const seeds = model.layers.flatMap((layer) => (layer instanceof Dropout ? [layer.seed] : []));
      model.dispose();
      return { found, seeds };
    };
    expect(ratesOf({ rates: [0.1, 0.2], denseRate: 0.4 }).found).toEqual([
      ['max_pooling2d', 'dropout', 0.1],
      ['max_pooling2d_1', 'dropout_1', 0.2],
      ['dense', 'dropout_2', 0.4],
      ['dense_1', 'dropout_3', 0.4],
    ]);
    expect(ratesOf({ rate: 0.7, rates: [0, 0.2] }).found).toEqual([['max_pooling2d_1', 'dropout', 0.2]]);
    // The masks of the blocks are those that they have without.
    expect(ratesOf({ denseRate: 0.4 }).seeds.slice(0, 2)).toEqual(ratesOf({}).seeds);
  });

  test('padding same, other windows, three blocks, two dense layers', () => {
    const model = build({
      inputShape: [20, 16, 1],
      filters: [2, 3, 4],
      kernelSize: 5,
      padding: 'same',
      units: [7, 6],
    });
    expect(model.getLayer('max_pooling2d_2').outputShape).toEqual([null, 2, 2, 4]);
    expect(model.getLayer('dense_1').outputShape).toEqual([null, 6]);
    model.dispose();
  });

  test('channels first gives the same numbers for the transposed image', () => {
    const dropout = { inputRate: 0.1 };
    const last = build({ ...small, dropout });
    const first = build({ ...small, dropout, dataFormat: 'channels_first' });
    expect(first.inputs[0]!.shape).toEqual([null, 3, 8, 8]);
    const [a, b, trainedA, trainedB] = tf.tidy(() => {
      const images = tf.randomUniform([4, 8, 8, 3], 0, 1, 'float32', 3);
      const transposed = tf.transpose(images, [0, 3, 1, 2]);
      const outputs = [last.apply(images), first.apply(transposed)];
      const training = [last.apply(images, { training: true }), first.apply(transposed, { training: true })];
      return [...outputs, ...training].map((output) => (output as tf.Tensor).dataSync());
    });
    expect(b).toEqual(a);
    expect(trainedB).toEqual(trainedA);
    expect(trainedA).not.toEqual(a);
    last.dispose();
    first.dispose();
  });

  test('max-norm for all incoming weights means each kernel’s own axes', () => {
    const model = build({ ...small, maxNorm: { value: 3, axis: [0, 1, 2] } });
    const configOf = (name: string) => model.getLayer(name).getConfig()['kernelConstraint'];
    expect(configOf('conv2d')).toEqual({ className: 'MaxNorm', config: { maxValue: 3, axis: [0, 1, 2] } });
    expect(configOf('dense')).toEqual({ className: 'MaxNorm', config: { maxValue: 3, axis: 0 } });
    expect(configOf('logits')).toBeNull();
    model.dispose();
  });
});

describe('the impossible is refused before any tensor is made', () => {
  const refusal = (input: ModelInput): string => {
    const before = tf.memory().numTensors;
    try {
      build(input).dispose();
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      expect(tf.memory().numTensors).toBe(before);
      return (error as ConfigError).message;
    }
    throw new Error('expected a refusal');
  };

  test('a feature map smaller than the kernel', () => {
    expect(refusal({ filters: [64, 64, 64, 64] })).toBe(
      'model spec: conv2d_3: expected an input of at least its kernelSize, 3 x 3, received 2 x 2: use fewer convolution blocks, a smaller kernelSize or poolSize, padding "same", or larger images',
    );
  });

  test('a feature map smaller than the pool', () => {
    expect(refusal({ padding: 'same', poolSize: 7 })).toContain(
      'max_pooling2d_1: expected an input of at least its poolSize, 7 x 7, received 4 x 4',
    );
  });

  test('a noise shape of the wrong rank or size', () => {
    expect(refusal({ dropout: { noiseShape: [null, 1, 1] } })).toBe(
      'model spec: dropout: noiseShape: expected 4 entries for an input of shape [null,15,15,64] (null or 1; null, 1 or 15; null, 1 or 15; null, 1 or 64), received [null,1,1]',
    );
    expect(refusal({ dropout: { noiseShape: [null, 15, 15, 1] } })).toContain('dropout_1: noiseShape');
  });

  test('another number of rates than of blocks', () => {
    expect(refusal({ dropout: { rates: [0.1] } })).toBe(
      'model: dropout.rates: expected one rate for each of the 2 convolution blocks that filters has, received 1: [0.1]',
    );
  });

  test('a max-norm axis that a kernel does not have', () => {
    expect(refusal({ maxNorm: { axis: 3 } })).toBe(
      "model spec: dense: max-norm's axis: expected distinct axes below 2 for a kernel of rank 2, received 3: use 0 for all incoming weights of every unit",
    );
    expect(refusal({ maxNorm: { axis: [0, 2] } })).toContain('dense: max-norm');
    expect(refusal({ maxNorm: { axis: [0, 0] } })).toContain('conv2d: max-norm');
  });
});

describe('layers that cannot be built are refused, with what to do', () => {
  const flat = { kind: 'flatten' } as const;
  const logits = { kind: 'dense', units: 5 } as const;
  const refusalOf = (layers: readonly object[]): string => {
    try {
      parseAndRequire(layers);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return (error as ConfigError).message;
    }
    throw new Error('expected a refusal');
  };
  const parseAndRequire = (layers: readonly object[]) =>
    requireBuildable(parseModelSpec({ inputShape: [8, 8, 3], numClasses: 5, layers } as ModelInput));

  test.each<[string, object[], string]>([
    [
      'strides of 0',
      [{ kind: 'conv2d', filters: 4, strides: 0 }, flat, logits],
      'model spec: layers[0].strides: expected a whole number above 0, received 0',
    ],
    [
      'a map of 1 that is to be pooled by 2',
      [{ kind: 'conv2d', filters: 4, strides: 6 }, { kind: 'max_pooling2d' }, flat, logits],
      'model spec: max_pooling2d: expected an input of at least its poolSize, 2 x 2, received 1 x 1: use fewer',
    ],
    [
      'a pool larger than the image',
      [{ kind: 'max_pooling2d', poolSize: 9, strides: 1 }, flat, logits],
      'model spec: max_pooling2d: expected an input of at least its poolSize, 9 x 9, received 8 x 8: use fewer',
    ],
    [
      'Dirac deltas of a dense layer',
      [flat, { kind: 'dense', units: 5, kernelInitializer: 'partial_dirac' }],
      'model spec: dense: kernelInitializer: expected one for a dense kernel, received "partial_dirac", which is for the filters of a convolution: use pytorch_uniform',
    ],
    [
      'a mean too few',
      [{ kind: 'normalization', mean: [0.5, 0.4], variance: 1 }, flat, logits],
      'model spec: normalization: mean: expected one number, or a list of 3, one for each channel, received 2',
    ],
    [
      'a variance too many',
      [{ kind: 'normalization', mean: 0, variance: [1, 1, 1, 1] }, flat, logits],
      'model spec: normalization: variance: expected one number, or a list of 3, one for each channel, received 4',
    ],
    [
      'a negative variance',
      [{ kind: 'normalization', mean: 0, variance: [1, -1, 1] }, flat, logits],
      'model spec: layers[0].variance[1]: expected a number of at least 0, received -1',
    ],
    [
      'an activation that there is none of',
      [{ kind: 'activation', activation: 'swish' }, flat, logits],
      'model spec: layers[0].activation: expected one of "linear", "relu", "softmax", "leaky_relu", "elu", "selu", "silu", "gelu", "gelu_approximate", "softplus", "tanh", received "swish"',
    ],
    [
      'an average of what is no image',
      [flat, { kind: 'global_average_pooling2d' }, logits],
      'model spec: global_average_pooling2d: expected an input of height, width and channels, received one of shape [192]: put the layer before the flatten layer',
    ],
    [
      'windows of an average that are larger than the image',
      [{ kind: 'average_pooling2d', poolSize: 9 }, flat, logits],
      'model spec: average_pooling2d: expected an input of at least its poolSize, 9 x 9, received 8 x 8: use fewer',
    ],
    [
      'strides of 0 of a pooling',
      [{ kind: 'average_pooling2d', strides: 0 }, flat, logits],
      'model spec: layers[0].strides: expected a whole number above 0, received 0',
    ],
    [
      'what is flat, flattened',
      [{ kind: 'global_max_pooling2d' }, flat, logits],
      'model spec: flatten: expected an input of height, width and channels, received one of shape [3], which is flat: leave the layer out',
    ],
    [
      'a negative penalty',
      [flat, { ...logits, kernelRegularizer: { name: 'l2', l2: -1 } }],
      'model spec: layers[1].kernelRegularizer.l2: expected a number of at least 0, received -1',
    ],
    [
      'a block whose layers change the shape',
      [{ kind: 'residual', layers: [{ kind: 'conv2d', filters: 4 }] }, flat, logits],
      "model spec: residual: expected layers whose output has the shape of the shortcut's, [8,8,3], since the two are added, received [6,6,4]: use padding",
    ],
    [
      'a shortcut of another shape than the layers',
      [
        {
          kind: 'residual',
          layers: [{ kind: 'conv2d', filters: 4, strides: 2, padding: 'same' }],
          shortcut: [{ kind: 'conv2d', filters: 4, kernelSize: 1 }],
        },
        flat,
        logits,
      ],
      "model spec: residual: expected layers whose output has the shape of the shortcut's, [8,8,4], since the two are added, received [4,4,4]: use padding",
    ],
    [
      'a name that a block with a rate takes',
      [
        { kind: 'dropout', rate: 0.5, name: 'residual_dropout' },
        { kind: 'residual', layers: [{ kind: 'activation' }], dropRate: 0.5 },
        flat,
        logits,
      ],
      'model spec: layers: expected a name of its own for each layer, other than input and permute, received "residual_dropout" twice',
    ],
    [
      'a block that is always left out',
      [{ kind: 'residual', layers: [{ kind: 'activation' }], dropRate: 1 }, flat, logits],
      'model spec: layers[0].dropRate: expected a number of at least 0 and below 1, received 1',
    ],
    [
      'a last activation other than softmax',
      [flat, { ...logits, activation: 'gelu' }],
      'model spec: layers: expected to end in a dense layer of 5 units, one for each class, with activation softmax or linear, received dense (units 5, activation gelu) with an output of shape [5]',
    ],
    [
      'a scale behind probabilities',
      [flat, { ...logits, activation: 'softmax' }, { kind: 'rescaling', scale: 2 }],
      'model spec: layers: expected to end in a dense layer of 5 units, one for each class, with activation softmax or linear, received',
    ],
    [
      'nothing but a scale',
      [{ kind: 'rescaling', scale: 2 }],
      'model spec: layers: expected to end in a dense layer of 5 units, one for each class, with activation softmax or linear, received',
    ],
  ])('%s', (_, layers, message) => {
    expect(refusalOf(layers).slice(0, message.length)).toBe(message);
  });

  test.each([
    ['a scale of logits', [flat, logits, { kind: 'rescaling', scale: 1 / 9 }]],
    [
      'a scale before the softmax',
      [flat, logits, { kind: 'rescaling', scale: 1 / 9 }, { kind: 'activation', activation: 'softmax' }],
    ],
    [
      'windows that reach beyond an image that is padded',
      [{ kind: 'max_pooling2d', poolSize: 9, padding: 'same' }, flat, logits],
    ],
  ])('%s is none', (_, layers) => {
    expect(parseAndRequire(layers)).toHaveLength(layers.length);
  });
});

test('building, calling and disposing leaves no tensor behind', () => {
  const before = tf.memory().numTensors;
  const model = build(small);
  const built = tf.memory().numTensors;
  expect(built - before).toBe(model.weights.length);
  tf.tidy(() => {
    const images = tf.ones([2, 8, 8, 3]);
    model.apply(images, { training: true });
    model.predict(images);
  });
  expect(tf.memory().numTensors).toBe(built);
  model.dispose();
  expect(tf.memory().numTensors).toBe(before);
});
