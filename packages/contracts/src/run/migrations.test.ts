import { describe, expect, test } from 'vitest';
import { ConfigError, migrate, parseRunConfig, parseRunManifest } from '../index.ts';

const namesOf = (
  dataset: string,
  { numClasses = dataset === 'cifar10' ? 10 : 100 }: { numClasses?: number },
) => Array.from({ length: numClasses }, (_, i) => `class ${i}`);

/** A `run.json` as 0.1.0 wrote it, with a model of its form. */
const manifestOf = (model: object, dataset = 'cifar10') => ({
  schemaVersion: 1,
  id: 'a',
  createdAt: '2026-11-24T00:00:00.000Z',
  config: {
    dataset,
    model: {
      inputShape: [32, 32, 3],
      dataFormat: 'channels_last',
      numClasses: dataset === 'cifar10' ? 10 : 100,
      filters: [64, 64],
      kernelSize: 3,
      padding: 'valid',
      poolSize: 2,
      units: [256],
      dropout: { rate: 0.5, inputRate: 0, noiseShape: null },
      maxNorm: { value: 2, axis: 0 },
      ...model,
    },
    optimizer: { name: 'adam', learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
    schedule: { name: 'constant' },
    batchSize: 250,
    epochs: 55,
    validationSplit: 0.2,
    splitMethod: 'last',
    shuffle: true,
    augmentation: { flip: false, crop: 0, cutout: 0 },
    limitTrain: null,
    limitTest: null,
    seed: 0,
    callbacks: [],
    checkpointEverySteps: null,
  },
  classNames: namesOf(dataset, model),
  backend: { name: 'wasm', description: 'wasm', workers: 1 },
  hardware: { cpu: 'any', cores: 2, memoryBytes: null, platform: 'linux' },
  data: { dataset, sha256: {}, trainImages: 1, validationImages: 1, testImages: 1 },
  versions: {},
  command: [],
  commit: null,
});

describe('run.json of version 1', () => {
  test.each<[object, string, object]>([
    [{}, 'cifar10', {}],
    [{}, 'cifar100', {}],
    [
      { maxNorm: null, dropout: { rate: 0, inputRate: 0.1, noiseShape: [null, 1, 1, null] } },
      'cifar10',
      {
        maxNorm: null,
        dropout: { rate: 0, inputRate: 0.1, noiseShape: [null, 1, 1, null] },
      },
    ],
    [{ numClasses: 20 }, 'cifar100', { numClasses: 20 }],
    [{ inputShape: [16, 16, 1] }, 'cifar10', { inputShape: [16, 16, 1] }],
  ])('with the model %j of %s', (model, dataset, expected) => {
    const { schemaVersion, config } = parseRunManifest(manifestOf(model, dataset), 'run.json');
    expect(schemaVersion).toBe(3);
    expect(config).toEqual(parseRunConfig({ dataset, model: expected }));
  });
});

const steps = [
  (content: object) => ({ ...content, a: 1 }),
  (content: object) => ({ ...content, b: 2 }),
] as const;
const options = { version: 3, steps, where: 'x.json' };

test('a file is migrated version by version, one of this version not at all', () => {
  expect(migrate({ schemaVersion: 1 }, options)).toEqual({ schemaVersion: 3, a: 1, b: 2 });
  expect(migrate({ schemaVersion: 2 }, options)).toEqual({ schemaVersion: 3, b: 2 });
  expect(migrate({ schemaVersion: 3 }, options)).toEqual({ schemaVersion: 3 });
});

test('a newer file is refused by its version, not by an unknown key', () => {
  expect(() => migrate({ schemaVersion: 4, unknown: true }, options)).toThrow(
    new ConfigError(
      'x.json: expected schemaVersion 3 or older, received 4: it was made by a newer dropout-lab; update dropout-lab to read it',
      ['schemaVersion'],
    ),
  );
});

test.each([
  [null],
  [[]],
  ['text'],
  [{}],
  [{ schemaVersion: '1' }],
  [{ schemaVersion: 0 }],
  [{ schemaVersion: 1.5 }],
])('%j is no version of it, which its schema says', (value) => {
  expect(migrate(value, options)).toBe(value);
});
