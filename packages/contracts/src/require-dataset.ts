import { ConfigError } from './errors.ts';
import { datasetOf } from './families/datasets.ts';
import { stepsPerEpochOf, trainImagesOf } from './length.ts';
import type { RunConfig } from './run/run-config.ts';
import { inWords } from './settings/parse.ts';
import { canonicalJson } from './settings/plain.ts';

/**
 * Refuses a configuration that asks more of its data set than it has, before anything is read or built.
 *
 * @throws ConfigError when it asks for more images than there are, or for a model of other images or classes.
 */
export const requireDataset = (config: RunConfig): void => {
  const { dataset, limitTrain, limitTest, model } = config;
  const { title, trainImages, testImages, classNames, imageShape } = datasetOf(dataset);
  requireAtMost('limitTrain', limitTrain, trainImages);
  requireAtMost('limitTest', limitTest, testImages);
  requireSomeTrained(config, limitTrain ?? trainImages);
  requireFullBatch(config, limitTrain ?? trainImages);
  requireBoundedSteps(config);
  requireSame('numClasses', classNames.length, model.numClasses, `the classes of ${title}`);
  requireSame('inputShape', imageShape, model.inputShape, `the images of ${title}`);
};

/** Of a run: at a thousand a second, twelve days. */
const MOST_STEPS = 1_000_000_000;

const requireBoundedSteps = (config: RunConfig): void => {
  const { epochs, maxSteps } = config;
  const steps = Math.min(epochs * stepsPerEpochOf(config), maxSteps ?? Number.POSITIVE_INFINITY);
  if (steps <= MOST_STEPS) return;
  throw new ConfigError(
    `run configuration: epochs: expected a run of at most ${MOST_STEPS} steps, received ${epochs} epochs, ${steps} steps: train for fewer epochs`,
    ['epochs'],
  );
};

/** Returns the most images that can be left to train on: how many a stratified split leaves, only the labels say. */
const mostTrained = (config: RunConfig, images: number): number =>
  config.splitMethod === 'last' ? trainImagesOf(config) : images;

const requireSomeTrained = (config: RunConfig, images: number): void => {
  if (mostTrained(config, images) > 0) return;
  throw new ConfigError(
    `run configuration: validationSplit: expected to leave some of the images (${images}) to train on, received ${config.validationSplit}, which holds out all: hold fewer out, or use more images`,
    ['validationSplit'],
  );
};

const requireFullBatch = (config: RunConfig, images: number): void => {
  const { dropRemainder, batchSize } = config;
  const trained = mostTrained(config, images);
  if (!dropRemainder || trained >= batchSize) return;
  throw new ConfigError(
    `run configuration: batchSize: expected at most ${trained}, the training images, since dropRemainder leaves a batch of fewer out, received ${batchSize}: the nearest is ${trained}`,
    ['batchSize'],
  );
};

const requireAtMost = (name: string, count: number | null, available: number): void => {
  if (count === null || count <= available) return;
  throw new ConfigError(
    `run configuration: ${name}: expected at most ${available} images, received ${count}: the nearest is ${available}`,
    [name],
  );
};

const requireSame = (name: string, expected: unknown, found: unknown, what: string): void => {
  if (found === null || canonicalJson(found) === canonicalJson(expected)) return;
  throw new ConfigError(
    `run configuration: model.${name}: expected ${inWords(expected)}, ${what}, received ${inWords(found)}: leave it out to take it from the data set`,
    ['model', name],
  );
};
