import { readFile } from 'node:fs/promises';
import {
  ConfigError,
  mergeConfig,
  parseRunConfig,
  type RunConfig,
  type RunConfigInput,
} from '@dropout-lab/contracts';

/** The options of `dropout-lab train` that change the run's configuration, as the command line gives them. */
export interface ConfigOptions {
  readonly config?: string;
  readonly dataset?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly learningRate?: number;
  readonly dropout?: number;
  readonly dropoutInput?: number;
  readonly maxNorm?: number | null;
  readonly maxNormAxis?: number | number[];
  readonly optimizer?: string;
  readonly momentum?: number;
  readonly nesterov?: true;
  readonly validationSplit?: number;
  readonly splitMethod?: string;
  readonly seed?: number;
  readonly limitTrain?: number;
  readonly limitTest?: number;
  readonly flip?: true;
  readonly crop?: number;
  readonly checkpointEvery?: number;
}

type Plain = { [key: string]: unknown };

/**
 * The run that the command line describes: the tutorial's, changed by the file of `--config`, changed by options.
 *
 * @throws ConfigError naming the first value at fault.
 */
export const readRunConfig = async (options: ConfigOptions): Promise<RunConfig> =>
  parseRunConfig(await readConfigInput(options));

/** The same as it was written: without the defaults, and not yet checked. */
export const readConfigInput = async (options: ConfigOptions): Promise<RunConfigInput> => {
  const file = options.config === undefined ? {} : await readConfigFile(options.config);
  return mergeConfig(file, overridesOf(options, file));
};

const readConfigFile = async (path: string): Promise<Plain> => {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`--config ${path}: cannot be read: ${(error as Error).message}`);
  }
  try {
    const value: unknown = JSON.parse(text);
    if (isPlain(value)) return value;
  } catch (error) {
    throw new ConfigError(`--config ${path}: expected JSON: ${(error as Error).message}`);
  }
  throw new ConfigError(`--config ${path}: expected a JSON object of run settings, such as {"epochs": 5}`);
};

const overridesOf = (options: ConfigOptions, file: Plain): Plain => ({
  dataset: options.dataset,
  epochs: options.epochs,
  batchSize: options.batchSize,
  validationSplit: options.validationSplit,
  splitMethod: options.splitMethod,
  seed: options.seed,
  limitTrain: options.limitTrain,
  limitTest: options.limitTest,
  checkpointEverySteps: options.checkpointEvery,
  augmentation: { flip: options.flip, crop: options.crop },
  model: {
    ...classesOf(options.dataset ?? file['dataset'], file['model']),
    dropout: { rate: options.dropout, inputRate: options.dropoutInput },
    maxNorm: options.maxNorm === null ? null : { value: options.maxNorm, axis: options.maxNormAxis },
  },
  optimizer: optimizerOf(options, file),
});

/** The data set decides the number of classes, unless the file does. */
const classesOf = (dataset: unknown, model: unknown): Plain =>
  dataset === 'cifar100' && !(isPlain(model) && 'numClasses' in model) ? { numClasses: 100 } : {};

const optimizerOf = ({ optimizer, learningRate, momentum, nesterov }: ConfigOptions, file: Plain): Plain => {
  const inFile = isPlain(file['optimizer']) ? file['optimizer'] : { name: 'adam' };
  const name = optimizer ?? inFile['name'];
  const wantsMomentum = momentum !== undefined || nesterov !== undefined;
  if (wantsMomentum && name !== 'sgd') {
    throw new ConfigError(
      `--${momentum === undefined ? 'nesterov' : 'momentum'}: expected --optimizer sgd beside it, received ${name}`,
    );
  }
  return { name, learningRate, momentum, nesterov };
};

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
