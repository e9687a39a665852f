import { basename, dirname, isAbsolute, join, normalize } from 'node:path';
import { ConfigError, DropoutLabError } from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import { isNotFound, readRegularFile, readTextFile } from '@dropout-lab/files/node';
import {
  CLASSIFIER_FILE,
  type ClassifierData,
  type DescribedLayersModel,
  decodeLayersModel,
  describedBy,
  matchWeights,
} from '@dropout-lab/interchange';
import { type ClassifierDescription, parseDescription } from '../../classifier/description.ts';
import { readInput } from '../../command/read-input.ts';
import type { ModelSource } from './model-source.ts';

/** Of the weights of the largest model that is built, and an optimizer's for each. */
const MOST_BYTES = 2 ** 31;
/** Of a thousand names of classes. */
const MOST_DESCRIPTION_BYTES = 2 ** 20;

/** The divisor of pixels in the models of dropout-lab. */
const LEVELS = 255;

/**
 * Reads a `model.json` of TensorFlow.js; its weights, and the `classifier.json` of an `export --format web`, are beside it.
 *
 * @throws InterchangeError or ConfigError that says what was expected and found.
 */
export const layersModelSource = async (bytes: Uint8Array, file: string): Promise<ModelSource> => {
  const described = decodeLayersModel(new TextDecoder().decode(bytes), file);
  const folder = dirname(file);
  const places = described.weightFiles.map((path) => placeOf(path, folder, file));
  const classifier = await classifierIn(folder);
  const { classNames, dataset } = describedBy(described, classifier, {
    file: basename(file),
    sha256: await sha256(bytes),
  });
  return {
    model: described.model,
    classNames: classifier && classNames,
    dataset,
    notes: described.notes,
    mostWeights: described.weights,
    decode: async (shapes) =>
      matchWeights(await described.decodeWeights(await readWeightFiles(described, places)), shapes, file),
  };
};

/** @throws ConfigError for a path that leads out of the model's folder. */
const placeOf = (path: string, folder: string, file: string): string => {
  const within = normalize(path);
  if (!isAbsolute(path) && !path.includes('\\') && within.split('/')[0] !== '..') return join(folder, within);
  throw new ConfigError(
    `${file}: expected files of weights in its folder, found the path ${path}: put them there and name them so`,
  );
};

const readWeightFiles = async (
  { weightFiles }: DescribedLayersModel,
  places: readonly string[],
): Promise<ReadonlyMap<string, Uint8Array>> => {
  const contents = new Map<string, Uint8Array>();
  let left = MOST_BYTES;
  for (const [i, path] of weightFiles.entries()) {
    const place = places[i]!;
    const { bytes } = await readInput(place, 'a file of weights that can be read', () =>
      readRegularFile(place, { limit: left }),
    );
    left -= bytes.length;
    contents.set(path, bytes);
  }
  return contents;
};

/** The description in a folder; undefined where there is none. @throws ConfigError for one of another form. */
const classifierIn = async (folder: string): Promise<ClassifierData | undefined> => {
  const place = join(folder, CLASSIFIER_FILE);
  const text = await readInput(place, 'a file that can be read', async () => {
    try {
      return await readTextFile(place, { limit: MOST_DESCRIPTION_BYTES });
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  });
  return text === undefined ? undefined : requireLevels(parsed(text, place), place);
};

/** @throws ConfigError: to an import it is a file of input as another. */
const parsed = (text: string, place: string): ClassifierDescription => {
  try {
    return parseDescription(text, place);
  } catch (error) {
    throw error instanceof DropoutLabError ? new ConfigError(error.message, [], { cause: error }) : error;
  }
};

const requireLevels = (description: ClassifierDescription, place: string): ClassifierDescription => {
  const { divideBy } = description.preprocessing;
  if (divideBy === LEVELS) return description;
  throw new ConfigError(
    `${place}: preprocessing.divideBy: expected ${LEVELS}, as dropout-lab writes it, found ${divideBy}: export the run again`,
  );
};
