import { ConfigError, parseRunConfig } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { prepareRunData } from './prepare-run-data.ts';
import { noiseDataset } from './testing.ts';

const sample = noiseDataset();

test('limits, holds out and cuts as the configuration says', async () => {
  const config = parseRunConfig({ limitTrain: 100, limitTest: 30, batchSize: 32, seed: 3 });
  const { train, validation, test: held, classNames, description } = prepareRunData(sample, config);
  expect([train.size, validation?.size, held.size]).toEqual([80, 20, 30]);
  expect([train.batchesPerEpoch, train.imageShape]).toEqual([3, [32, 32, 3]]);
  // The last fraction before any shuffling, in order.
  expect([...(await validation!.batch(0, 0)).labels]).toEqual([...sample.train.labels.subarray(80, 100)]);
  expect(classNames).toEqual(sample.train.classNames);
  expect(description).toEqual({
    dataset: 'cifar10',
    sha256: sample.sha256,
    trainImages: 80,
    validationImages: 20,
    testImages: 30,
  });
});

test('each seed has an order of its own, the same every time', async () => {
  const labelsOf = async (seed: number, shuffle = true) => {
    const config = parseRunConfig({ batchSize: 200, seed, shuffle });
    return [...(await prepareRunData(sample, config).train.batch(0, 0)).labels];
  };
  expect(await labelsOf(1)).toEqual(await labelsOf(1));
  expect(await labelsOf(1)).not.toEqual(await labelsOf(2));
  expect(await labelsOf(1, false)).toEqual([...sample.train.labels.subarray(0, 200)]);
});

test('without a split there is no validation; a split that leaves nothing is refused', () => {
  expect(prepareRunData(sample, parseRunConfig({ validationSplit: 0 })).validation).toBeUndefined();
  const config = parseRunConfig({ limitTrain: 1, validationSplit: 0.5 });
  expect(() => prepareRunData(sample, config)).toThrow(
    new ConfigError(
      'validation fraction: expected some of 1 images to stay for training, received 0.5, which holds out all',
    ),
  );
});

test.each([1, 9, 11])('%i names for the ten classes of the model are refused', (names) => {
  const train = { ...sample.train, classNames: Array(names).fill('name') };
  expect(() => prepareRunData({ ...sample, train }, parseRunConfig({}))).toThrow(
    new ConfigError(
      `data: classNames: expected 10 names, one for each class of the model, received ${names}`,
      ['classNames'],
    ),
  );
});

test('stratified, every class gives the same fraction', async () => {
  const config = parseRunConfig({ splitMethod: 'stratified', validationSplit: 0.2 });
  const { validation } = prepareRunData(sample, config);
  const counts = new Map<number, number>();
  for (const label of (await validation!.batch(0, 0)).labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  expect([...counts.values()]).toEqual(Array(10).fill(5));
});

test('an incomplete last batch is left out of training alone, and a run without a batch is refused', () => {
  const config = parseRunConfig({ limitTrain: 100, limitTest: 30, batchSize: 32, dropRemainder: true });
  const { train, validation, test: held, description } = prepareRunData(sample, config);
  expect([train.size, train.batchesPerEpoch]).toEqual([64, 2]);
  expect([validation?.size, held.size, description.trainImages]).toEqual([20, 30, 80]);
  const tooLarge = parseRunConfig({ limitTrain: 100, batchSize: 81, dropRemainder: true });
  expect(() => prepareRunData(sample, tooLarge)).toThrow('batchSize: expected at most 80, the images');
});
