import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  ConfigError,
  datasets,
  layerSchema,
  membersOf,
  optimizerSchema,
  parseJson,
  parseRunConfig,
  type RunConfigInput,
} from '../index.ts';

const listed = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');
const namesIn = (family: z.ZodType): string => listed([...membersOf(family)!.members.keys()]);

const refusal = (input: unknown): ConfigError => {
  try {
    parseRunConfig(input);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected the configuration to be refused');
};

test("the defaults are the tutorial's run", () => {
  expect(parseRunConfig({})).toMatchObject({
    dataset: 'cifar10',
    model: {
      preset: 'tutorial',
      inputShape: null,
      numClasses: null,
      dataFormat: 'channels_last',
      filters: [64, 64],
      kernelSize: 3,
      padding: 'valid',
      poolSize: 2,
      units: [256],
      dropout: { rate: 0.5, inputRate: 0, noiseShape: null },
      maxNorm: { value: 2, axis: 0 },
    },
    loss: { name: 'categorical_crossentropy' },
    optimizer: { name: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
    schedule: { name: 'constant' },
    batchSize: 250,
    epochs: 55,
    validationSplit: 0.2,
    splitMethod: 'last',
    shuffle: true,
    augmentation: { flip: false, crop: 0, cutout: 0, cropFill: 'zeros', mixup: 0, cutmix: 0 },
    limitTrain: null,
    limitTest: null,
    seed: 0,
    callbacks: [],
    checkpointEverySteps: null,
    dropRemainder: false,
    testTimeAugmentation: 'none',
    weightGroups: [],
    averaging: { name: 'none' },
    maxSteps: null,
    dropoutSchedule: { name: 'constant' },
  });
});

test('a parsed configuration parses to itself after a trip through JSON', () => {
  const config = parseRunConfig({
    optimizer: { name: 'sgd', momentum: 0.9 },
    model: { maxNorm: null },
    schedule: { name: 'piecewise_constant', boundaries: [100, 200], values: [0.1, 0.01, 0.001] },
    callbacks: [{ name: 'early_stopping', patience: 3 }],
  });
  expect(parseRunConfig(JSON.parse(JSON.stringify(config)))).toEqual(config);
});

test("SGD's defaults are Keras's", () => {
  expect(parseRunConfig({ optimizer: { name: 'sgd' } }).optimizer).toEqual({
    name: 'sgd',
    learningRate: 0.01,
    momentum: 0,
    nesterov: false,
    momentumForm: 'keras',
    weightDecay: 0,
    weightDecayMode: 'decoupled',
    clipnorm: null,
    clipvalue: null,
    globalClipnorm: null,
  });
});

describe('one sentence says where, what was expected and what was received', () => {
  const schedule = (values: number[], boundaries: number[]) => ({
    schedule: { name: 'piecewise_constant', values, boundaries },
  });
  test.each<[input: unknown, message: string]>([
    [
      { optimizer: { learningRate: 1e-300 } },
      'optimizer.learningRate: expected a number above 0, in the range of float32, 1e-45 to 3e38, received 1e-300',
    ],
    [
      { weightGroups: [{ weights: ['*'], learningRateFactor: 1e300 }] },
      'weightGroups[0].learningRateFactor: expected a number of at least 0, in the range of float32, 1e-45 to 3e38, received 1e+300',
    ],
    [{ batchSize: -5 }, 'batchSize: expected a whole number above 0, received -5: the nearest is 1'],
    [{ batchSize: 0 }, 'batchSize: expected a whole number above 0, received 0: the nearest is 1'],
    [{ batchSize: 2.5 }, 'batchSize: expected a whole number above 0, received 2.5'],
    [{ batchSize: Number.NaN }, 'batchSize: expected a whole number above 0, received NaN'],
    [
      { batchSize: Number.POSITIVE_INFINITY },
      'batchSize: expected a whole number above 0, received Infinity',
    ],
    [{ batchSize: 'many' }, 'batchSize: expected a whole number above 0, received "many"'],
    [{ batchSize: null }, 'batchSize: expected a whole number above 0, received null'],
    [{ validationSplit: 1 }, 'validationSplit: expected a number of at least 0 and below 1, received 1'],
    [
      { seed: 2 ** 53 },
      'seed: expected a whole number from 0 to 9007199254740991, received 9007199254740992: the nearest is 9007199254740991',
    ],
    [{ shuffle: 'yes' }, 'shuffle: expected true or false, received "yes"'],
    [{ dataset: 'mnist' }, `dataset: expected one of ${listed(Object.keys(datasets))}, received "mnist"`],
    [
      { augmentation: { flips: true } },
      'augmentation.flips: expected one of the keys "flip", "crop", "cutout", "cropFill", "mixup", "cutmix", received true: did you mean "flip"?',
    ],
    [
      { augmentation: { flip: 'alternate' } },
      'augmentation.flip: expected true, false or alternating, received "alternate": did you mean "alternating"?',
    ],
    [{ augmentation: { flip: 1 } }, 'augmentation.flip: expected true, false or alternating, received 1'],
    [
      { augmentation: { cropFill: 'mirror' } },
      'augmentation.cropFill: expected one of "zeros", "reflect", received "mirror"',
    ],
    [
      { augmentation: { crop: 6, cropFill: 'reflect' }, model: { inputShape: [20, 6, 3] } },
      'augmentation.crop: expected at most 5 pixels to reflect in images of 20 x 6, received 6: crop less, or pad with zeros',
    ],
    [
      { testTimeAugmentation: 'flips' },
      'testTimeAugmentation: expected one of "none", "flip", "flip_shift", received "flips": did you mean "flip"?',
    ],
    [
      { testTimeAugmentation: 'flip_shift', model: { inputShape: [1, 6, 3] } },
      'testTimeAugmentation: expected images of at least 2 x 2 pixels to shift with reflected borders, received flip_shift for 1 x 6: use flip',
    ],
    [
      { augmentation: { mixup: -0.2 } },
      'augmentation.mixup: expected a number from 0 to 100, received -0.2: the nearest is 0',
    ],
    [
      { augmentation: { cutmix: 1 }, batchSize: 1 },
      'batchSize: expected batches of at least 2 images, since augmentation.cutmix mixes each image with another of its batch, received 1: use larger batches, or leave cutmix out',
    ],
    [
      { augmentation: { cutout: 33 } },
      'augmentation.cutout: expected at most 32 pixels, the side of images of 32 x 32, received 33: most of them would be zeros alone',
    ],
    [
      { model: { layers: [{ kind: 'rescaling', scale: 1e39 }] } },
      'model.layers[0].scale: expected a number from -1e+38 to 1e+38, received 1e+39: the nearest is 1e+38',
    ],
    [
      { augmentation: { cutmix: 1 }, classWeight: Array(10).fill(1) },
      'augmentation.cutmix: expected 0 with classWeight, since an image of mixed classes has no class to be weighted by, received 1: leave one of the two out',
    ],
    [{ dropRemainder: 'yes' }, 'dropRemainder: expected true or false, received "yes"'],
    [
      { optimizer: { name: 'rms' } },
      `optimizer.name: expected one of ${namesIn(optimizerSchema)}, received "rms"`,
    ],
    [
      { optimizer: { name: 'adm' } },
      `optimizer.name: expected one of ${namesIn(optimizerSchema)}, received "adm": did you mean "adam"?`,
    ],
    [{ optimizer: [] }, 'optimizer: expected an object, received []'],
    [{ model: 'mlp' }, 'model: expected an object, received "mlp"'],
    [
      { optimizer: { name: 'sgd', beta1: 0.9 } },
      'optimizer.beta1: expected one of the keys "name", "learningRate", "momentum", "nesterov", "momentumForm", "weightDecay", "weightDecayMode", "clipnorm", "clipvalue", "globalClipnorm", received 0.9',
    ],
    [
      { model: { layers: [{ kind: 'conv2', filters: 3 }] } },
      `model.layers[0].kind: expected one of ${namesIn(layerSchema)}, received "conv2": did you mean "conv2d"?`,
    ],
    [
      { model: { layers: [{ kind: 'residual', layers: [{ kind: 'dense', units: 0 }] }] } },
      'model.layers[0].layers[0].units: expected a whole number above 0, received 0: the nearest is 1',
    ],
    [
      { model: { layers: [], dropout: { rate: 0.5 } } },
      'model.layers: expected a list of at least 1 item, received []',
    ],
    [{ optimizer: 'adam' }, 'optimizer: expected an object, received "adam"'],
    [
      { optimizer: { clipnorm: 1, globalClipnorm: 2 } },
      'optimizer.globalClipnorm: expected null beside clipnorm, since gradients are clipped in one way, received 2',
    ],
    [
      { optimizer: { name: 'rmsprop', clipvalue: 0 } },
      'optimizer.clipvalue: expected a number above 0, received 0',
    ],
    [
      { schedule: { name: 'cosine_decay', decaySteps: 9, warmupSteps: 3 } },
      'schedule.warmupTarget: expected the rate at the end of 3 warmupSteps, received nothing',
    ],
    [
      { schedule: { name: 'cosine_decay', decaySteps: 9, warmupTarget: 0.1 } },
      'schedule.warmupSteps: expected steps of a warm-up to the warmupTarget of 0.1, received nothing',
    ],
    [
      { dropoutSchedule: { name: 'early', fraction: 0 } },
      'dropoutSchedule.fraction: expected a number above 0 and of at most 1, received 0',
    ],
    [
      { dropoutSchedule: { name: 'linear', endFactor: 1.5 } },
      'dropoutSchedule.endFactor: expected a number from 0 to 1, received 1.5: the nearest is 1',
    ],
    [{ maxSteps: 0 }, 'maxSteps: expected a whole number above 0, received 0: the nearest is 1'],
    [
      { averaging: { name: 'swa' } },
      'averaging.name: expected one of "none", "ema", "lookahead", received "swa": did you mean "ema"?',
    ],
    [
      { averaging: { name: 'ema', momentum: 2 } },
      'averaging.momentum: expected a number from 0 to 1, received 2: the nearest is 1',
    ],
    [
      { averaging: { name: 'lookahead', period: 0 } },
      'averaging.period: expected a whole number above 0, received 0: the nearest is 1',
    ],
    [
      { schedule: { name: 'exponential_decay', decayRate: 0.5 } },
      'schedule.decaySteps: expected a whole number above 0, received nothing',
    ],
    [
      { weightGroups: [{ weights: [] }] },
      'weightGroups[0].weights: expected a list of at least 1 item, received []',
    ],
    [
      { weightGroups: [{ weights: ['*'], epochs: 0 }] },
      'weightGroups[0].epochs: expected a whole number above 0, received 0: the nearest is 1',
    ],
    [
      { weightGroups: [{ weights: ['*'], rate: 2 }] },
      'weightGroups[0].rate: expected one of the keys "weights", "learningRateFactor", "weightDecay", "epochs", received 2',
    ],
    [
      { weightGroups: [{ weights: ['*/bias'] }, { weights: ['*'], weightDecay: 0.1 }] },
      'weightGroups[1].weightDecay: expected null, since adam has no weight decay, received 0.1: leave it out, or choose an optimizer with one (sgd, adamw, rmsprop, muon)',
    ],
    [
      { optimizer: { name: 'adam', beta1: 1 } },
      'optimizer.beta1: expected a number of at least 0 and below 1, received 1',
    ],
    [
      { callbacks: [{ name: 'x' }] },
      'callbacks[0].name: expected one of "early_stopping", "reduce_lr_on_plateau", "stop_at_target", received "x"',
    ],
    [{ model: { filters: [] } }, 'model.filters: expected a list of at least 1 item, received []'],
    [{ model: { filters: 64 } }, 'model.filters: expected a list, received 64'],
    [
      { model: { inputShape: [32, 32] } },
      'model.inputShape: expected a list of height, width and channels, received [32,32]',
    ],
    [
      { model: { maxNorm: { axis: 'x' } } },
      'model.maxNorm.axis: expected an axis from 0 to 3 or a list of them, received "x"',
    ],
    [
      { model: { maxNorm: { axis: [0, 7] } } },
      'model.maxNorm.axis[1]: expected a whole number from 0 to 3, received 7: the nearest is 3',
    ],
    [
      schedule([1, 2, 3], [9]),
      'schedule: expected one more value than boundaries, received {"name":"piecewise_constant","values":[1,2,3],"boundaries":[9]}',
    ],
    [
      schedule([1, 2, 3], [9, 5]),
      'schedule: expected boundaries to rise, received {"name":"piecewise_constant","values":[1,2,3],"boundaries":[9,5]}',
    ],
    [
      { schedule: { name: 'cosine_decay', decaySteps: 0 } },
      'schedule.decaySteps: expected a whole number above 0, received 0: the nearest is 1',
    ],
  ])('%j', (input, message) => {
    expect(refusal(input).message).toBe(`run configuration: ${message}`);
  });

  test('a whole configuration can be at fault', () => {
    expect(refusal(null).message).toBe('run configuration: expected an object, received null');
    expect(refusal([]).message).toBe('run configuration: expected an object, received []');
  });

  test('an unknown key is refused with a list of the known ones', () => {
    expect(refusal({ batchsize: 5 }).message).toMatch(
      /^run configuration: batchsize: expected one of the keys "dataset", .*"batchSize".*, received 5: did you mean "batchSize"\?$/,
    );
  });

  test('a long value is shortened', () => {
    const { message } = refusal({ dataset: 'x'.repeat(500) });
    expect(message).toMatch(/received "x{20,100}…$/);
  });

  test('the path leads to the value', () => {
    expect(refusal({ model: { maxNorm: { axis: [0, 7] } } }).path).toEqual(['model', 'maxNorm', 'axis', 1]);
  });
});

describe('input that no file can contain is refused in a sentence too', () => {
  const nested = (depth: number): unknown =>
    Array.from({ length: depth }).reduce<unknown>((layer) => ({ kind: 'residual', layers: [layer] }), {
      kind: 'flatten',
    });
  const circle: Record<string, unknown> = {};
  circle['model'] = circle;

  test.each<[string, unknown, string]>([
    [
      'thousands of blocks within each other',
      { model: { layers: [nested(20_000)] } },
      'run configuration: expected at most 100 levels of nesting, received more',
    ],
    ['a BigInt', { epochs: 3n }, 'epochs: expected a whole number above 0, received 3n'],
    [
      'a circle',
      { epochs: circle },
      'run configuration: expected at most 100 levels of nesting, received more',
    ],
  ])('%s', (_, input, message) => {
    expect(() => parseRunConfig(input)).toThrow(message);
  });
});

test.each([
  ['{', 'x.json: expected JSON: '],
  ['', 'x.json: expected JSON: '],
  ['{"a": 1e999}', undefined],
  ['['.repeat(100) + ']'.repeat(100), undefined],
  ['['.repeat(101) + ']'.repeat(101), 'x.json: expected at most 100 levels of nesting, received more'],
  [`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`, 'x.json: expected at most 100 levels'],
])('the text of a JSON file is parsed, or refused in a sentence: %.20s', (text, message) => {
  const parse = () => parseJson(text, 'x.json');
  if (message === undefined) expect(parse()).toEqual(JSON.parse(text));
  else expect(parse).toThrow(message);
});

describe('impossible settings are refused', () => {
  const stopping = { name: 'early_stopping' } as const;

  test.each<[string, RunConfigInput, string]>([
    [
      'a callback that watches validation images where there are none',
      { validationSplit: 0, callbacks: [{ ...stopping, monitor: 'loss' }, stopping] },
      'callbacks[1].monitor: expected a metric of the training images, since validationSplit is 0, received "val_loss" of early_stopping',
    ],
    ['a weight too few', { classWeight: [1, 2] }, 'classWeight: expected 10 numbers, one for each class'],
    [
      'a weight too many for the classes of the model',
      { classWeight: [1, 2, 3], model: { numClasses: 2 } },
      'classWeight: expected 2 numbers',
    ],
    [
      'weights of 0 alone',
      { classWeight: Array(10).fill(0) },
      'classWeight: expected a number above 0 for some',
    ],
    ['a weight below 0', { classWeight: [1, -1] }, 'classWeight[1]: expected a number of at least 0'],
  ])('%s', (_, input, message) => {
    expect(() => parseRunConfig(input)).toThrow(message);
  });

  test('possible ones are not', () => {
    expect(() =>
      parseRunConfig({ validationSplit: 0, callbacks: [{ ...stopping, monitor: 'loss' }] }),
    ).not.toThrow();
    expect(() => parseRunConfig({ classWeight: Array(10).fill(1) })).not.toThrow();
  });
});
