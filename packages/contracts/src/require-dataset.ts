import { ConfigError } from './errors.ts';
import { datasetOf } from './families/datasets.ts';
import type { RunConfig } from './run/run-config.ts';
import { inWords } from './settings/parse.ts';
import { canonicalJson } from './settings/plain.ts';

/**
 * Refuses a configuration that asks more of its data set than it has, before anything is read or built.
 *
 * @throws ConfigError when it asks for more images than there are, or for a model of other images or classes.
 */
export const requireDataset = ({ dataset, limitTrain, limitTest, model }: RunConfig): void => {
  const { title, trainImages, testImages, classNames, imageShape } = datasetOf(dataset);
  requireAtMost('limitTrain', limitTrain, trainImages);
  requireAtMost('limitTest', limitTest, testImages);
  requireSame('numClasses', classNames.length, model.numClasses, `the classes of ${title}`);
  requireSame('inputShape', imageShape, model.inputShape, `the images of ${title}`);
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
