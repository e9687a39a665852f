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
 * @throws ConfigError naming the first value at fault.
 */
export const readRunConfig = async (options: ConfigOptions): Promise<RunConfig> =>
  parseRunConfig(
    configOfFlags(
      runConfigSchema,
      flagValuesOf(options),
      mergeConfig(recipeOf(options), await readConfigFile(options)),
      assignmentsOf(options.set),
    ),
  );

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
