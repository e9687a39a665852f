import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@dropout-lab/contracts';
import { readRegularFile } from '@dropout-lab/files/node';
import { readInput } from '../command/read-input.ts';
import type { ClassifierContent } from './classifier.ts';
import { classifierFiles } from './description.ts';

const MOST_BYTES_OF_TEXT = 2 ** 26;
/** Of the largest array that a model could be loaded from. */
const MOST_BYTES_OF_WEIGHTS = 2 ** 31 - 1;

/**
 * Reads the files of a classifier's folder.
 *
 * @throws ConfigError when it is a run, or a file cannot be read.
 */
export const readClassifier = async (folder: string): Promise<ClassifierContent> => {
  if (await isRun(folder)) {
    throw new ConfigError(
      `loadClassifier: ${folder}: expected a folder that dropout-lab export RUN --format web has written, found a run: load() opens it, or export it first`,
    );
  }
  const read = async (name: string, limit: number): Promise<Uint8Array> => {
    const file = join(folder, name);
    const expected = 'a file that dropout-lab export RUN --format web has written';
    return (await readInput(file, expected, () => readRegularFile(file, { limit }))).bytes;
  };
  const text = async (name: string) => new TextDecoder().decode(await read(name, MOST_BYTES_OF_TEXT));
  return {
    description: await text(classifierFiles.description),
    model: await text(classifierFiles.model),
    weights: await read(classifierFiles.weights, MOST_BYTES_OF_WEIGHTS),
  };
};

const isRun = (folder: string): Promise<boolean> =>
  stat(join(folder, 'run.json')).then(
    (found) => found.isFile(),
    () => false,
  );
