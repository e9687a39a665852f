import { expect, test } from 'vitest';
import {
  ConfigError,
  datasetOf,
  hardwareInWords,
  parseRunConfig,
  parseRunManifest,
  RUN_SCHEMA_VERSION,
  type RunManifest,
} from '../index.ts';

const manifest: RunManifest = {
  schemaVersion: RUN_SCHEMA_VERSION,
  id: '2026-11-24T03-10-00-a1b2c3',
  createdAt: '2026-11-24T03:10:00.000Z',
  config: parseRunConfig({}),
  classNames: [...datasetOf('cifar10').classNames],
  backend: { name: 'wasm', description: 'wasm (SIMD, 2 workers)', workers: 2 },
  hardware: { cpu: 'some cpu', cores: 2, memoryBytes: 8e9, platform: 'linux x64' },
  data: { dataset: 'cifar10', sha256: {}, trainImages: 40_000, validationImages: 10_000, testImages: 10_000 },
  versions: { node: '20.0.0' },
  command: ['train'],
  commit: null,
};

test('reads back a manifest', () => {
  expect(parseRunManifest(JSON.parse(JSON.stringify(manifest)), 'run.json')).toEqual(manifest);
});

test('the kernels of a run are kept, but not the code that they were compiled to; earlier runs have none', () => {
  const kernels = { build: 'fma', revectorized: true } as const;
  const withKernels = { ...manifest, backend: { ...manifest.backend, kernels } };
  expect(parseRunManifest(JSON.parse(JSON.stringify(withKernels)), 'run.json')).toEqual(withKernels);
  const compiled = { ...manifest.backend, kernels: { ...kernels, module: {} } };
  expect(parseRunManifest({ ...manifest, backend: compiled }, 'run.json')).toEqual(withKernels);
  expect(() =>
    parseRunManifest(
      { ...manifest, backend: { ...manifest.backend, kernels: { ...kernels, build: 'x' } } },
      'run.json',
    ),
  ).toThrow('run.json: backend.kernels.build: expected one of "plain", "fma", received "x"');
});

test('a command line that was kept as it was typed is read without its secrets', () => {
  const command = [
    'study',
    'run',
    'x',
    '--queue',
    'redis://:s3cret@host',
    '--mirror=https://u:s3cret@host/file',
  ];
  expect(parseRunManifest({ ...manifest, command }, 'run.json').command).toEqual([
    ...['study', 'run', 'x', '--queue', 'redis://***@host', '--mirror=https://***@host/file'],
  ]);
});

test.each([
  [[], 0],
  [['cat', 'dog'], 2],
  [[...manifest.classNames, 'one more'], 11],
])('a run without one name for each class is refused: %j', (classNames, found) => {
  expect(() => parseRunManifest({ ...manifest, classNames }, 'run.json')).toThrow(
    `run.json: classNames: expected 10 names, one for each class of the model, received ${found}`,
  );
});

test("a run on other images has the names of its model's classes", () => {
  const config = parseRunConfig({ model: { numClasses: 2 } });
  const own = { ...manifest, config, classNames: ['cat', 'dog'] };
  expect(parseRunManifest(own, 'run.json')).toEqual(own);
});

test('imported weights keep the name of their file', () => {
  const imported = { ...manifest, importedFrom: { file: 'model.weights.h5', sha256: 'ab12' } };
  expect(parseRunManifest(JSON.parse(JSON.stringify(imported)), 'run.json')).toEqual(imported);
});

test('the refusal of a newer version says what to do', () => {
  const newer = { ...manifest, schemaVersion: RUN_SCHEMA_VERSION + 1, config: 'of another shape' };
  expect(() => parseRunManifest(newer, 'run.json')).toThrow(
    new ConfigError(
      'run.json: expected schemaVersion 3 or older, received 4: it was made by a newer dropout-lab; update dropout-lab to read it',
      ['schemaVersion'],
    ),
  );
});

test('anything but a manifest is refused with the first value at fault', () => {
  const refusal = (value: unknown) => () => parseRunManifest(value, 'run.json');
  expect(refusal(null)).toThrow('run.json: expected an object, received null');
  expect(refusal({ ...manifest, schemaVersion: 'one' })).toThrow(
    'run.json: schemaVersion: expected 3, received "one"',
  );
  expect(refusal({ ...manifest, id: '' })).toThrow('run.json: id: expected a name, received ""');
  expect(refusal({ ...manifest, config: { epochs: -1 } })).toThrow(
    'run.json: config.epochs: expected a whole number above 0, received -1',
  );
});

test('a machine in words, as far as it is known', () => {
  const hardware = { cpu: 'AMD EPYC', cores: 2, memoryBytes: 24 * 2 ** 30, platform: 'linux x64' };
  expect(hardwareInWords(hardware)).toBe('AMD EPYC, 2 cores, 24 GiB, linux x64');
  expect(hardwareInWords({ ...hardware, cores: 1, memoryBytes: null })).toBe('AMD EPYC, 1 core, linux x64');
});

test('the refusal of an unknown setting says that it may come from a newer version', () => {
  const grown = {
    ...manifest,
    config: { ...manifest.config, warmth: 1 },
    versions: { 'dropout-lab': '9.0.0' },
  };
  expect(() => parseRunManifest(grown, 'run.json')).toThrow(
    /^run\.json: config\.warmth: expected one of the keys .* \(the run was made by dropout-lab 9\.0\.0: if that is newer than this one, update/,
  );
});
