import {
  ConfigError,
  configOfFlags,
  isPlain,
  mergeConfig,
  type PlainObject,
  parseJson,
  parseRunConfig,
  type RecipeName,
  type RunConfig,
  recipes,
  requirePart,
  runConfigSchema,
  withoutSchemaKey,
} from '@dropout-lab/contracts';
import { requireOwnSplit } from '@dropout-lab/data';
import { readTextFile } from '@dropout-lab/files/node';
import { assignmentsOf, flagValuesOf } from './config-options.ts';
import { readInput } from './read-input.ts';

/** The options that change a run's configuration, as commander gives them: flags under their names in camel case. */
export interface ConfigOptions {
  /** The name of a recipe; the file and flags come on top. */
  readonly recipe?: string;
  /** A JSON file; flags come on top. */
  readonly config?: string;
  /** Texts `path=value`, on top of flags. */
  readonly set?: readonly string[];
  readonly [flag: string]: unknown;
}

/**
 * The run that the command line describes: a recipe's, or else the tutorial's, changed by the file of `--config`, changed by
 * options.
 *
 * @param own Settings that the user's own images bring along: the file and options come on top.
 * @throws ConfigError naming the first value at fault.
 */
export const readRunConfig = async (options: ConfigOptions, own: PlainObject = {}): Promise<RunConfig> => {
  const file = await readConfigFile(options);
  requireOneDataset(options, file, own);
  const config = parseRunConfig(
    configOfFlags(
      runConfigSchema,
      flagValuesOf(options),
      mergeConfig(mergeConfig(recipeOf(options), own), file),
      assignmentsOf(options.set),
    ),
  );
  requireOwnSplit(config, own);
  return config;
};

/** @throws ConfigError when another data set is named beside a user's own images. */
export const requireOneDataset = (
  { dataset, set = [] }: ConfigOptions,
  file: PlainObject,
  own: PlainObject,
): void => {
  if (!('dataset' in own)) return;
  const another =
    dataset !== undefined
      ? '--dataset'
      : set.some((text) => text.startsWith('dataset='))
        ? '--set dataset'
        : 'dataset' in file && 'the dataset of --config';
  if (!another) return;
  throw new ConfigError(
    `--images: expected no other data set beside it, found ${another}: leave one of the two out`,
  );
};

const recipeOf = ({ recipe }: ConfigOptions): unknown =>
  recipe === undefined ? {} : recipes[recipe as RecipeName].config;

/** The file of `--config` as it was written, nothing without one. @throws ConfigError when it is no JSON object. */
export const readConfigFile = async ({ config: path }: ConfigOptions): Promise<PlainObject> => {
  if (path === undefined) return {};
  const what = `--config ${path}`;
  const text = await readInput(what, 'a file that can be read', () =>
    readTextFile(path, { limit: MOST_BYTES }),
  );
  const value = parseJson(text, what);
  if (!isPlain(value)) {
    throw new ConfigError(
      `${what}: expected a JSON object of run settings, such as {"epochs": 5}, received ${JSON.stringify(value).slice(0, 80)}`,
    );
  }
  const config = withoutSchemaKey(value) as PlainObject;
  // Refused as the file's, though an option may come on top of it.
  requirePart(runConfigSchema, config, what);
  return config;
};

/** Configurations are written by people: a longer one is another file. In bytes. */
const MOST_BYTES = 2 ** 20;
