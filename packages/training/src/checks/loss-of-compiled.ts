import type { LossConfig, LossName } from '@dropout-lab/contracts';
import { lossSchema } from '@dropout-lab/contracts';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainingError } from '../errors.ts';
import type { TrainingConfig } from '../loop/training-config.ts';
import type { CustomLoss } from '../losses/custom-loss.ts';
import { defaultLoss } from '../losses/table.ts';
import type { CompleteConfig } from './complete-config.ts';

/** The built-in loss for TensorFlow.js's name of it. */
const losses: Readonly<Record<string, LossName>> = {
  categoricalCrossentropy: 'categorical_crossentropy',
  sparseCategoricalCrossentropy: 'categorical_crossentropy',
  binaryCrossentropy: 'binary_crossentropy',
  meanSquaredError: 'mean_squared_error',
  mse: 'mean_squared_error',
  MSE: 'mean_squared_error',
  meanAbsoluteError: 'mean_absolute_error',
  mae: 'mean_absolute_error',
  MAE: 'mean_absolute_error',
};

/** The built-in optimizer for TensorFlow.js's name of it. */
const optimizers: Readonly<Record<string, string>> = { Adam: 'adam', SGD: 'sgd', Momentum: 'sgd' };

interface CompiledOptimizer extends Readonly<Record<string, unknown>> {
  readonly learningRate?: number;
  getClassName(): string;
}

/** TensorFlow.js's names of the settings of our optimizers. */
const settings: Readonly<Record<string, string>> = {
  beta1: 'beta1',
  beta2: 'beta2',
  epsilon: 'epsilon',
  momentum: 'momentum',
  nesterov: 'useNesterov',
};

/** The properties that `compile` sets in a model. */
interface Compiled {
  readonly loss?: unknown;
  readonly metrics?: unknown;
  readonly optimizer?: CompiledOptimizer | undefined;
}

/**
 * Returns the loss that a model is trained with: the configuration's, else the one that it was compiled with, else Keras's
 * crossentropy.
 *
 * @throws TrainingError when the model was compiled with something that the configuration does not have.
 */
export const lossOf = (model: LayersModel, config: CompleteConfig): LossConfig | CustomLoss => {
  const { loss, metrics, optimizer } = model as unknown as Compiled;
  if (loss === undefined) return config.loss ?? defaultLoss;
  requireSameOptimizer(optimizer, config);
  const others = [metrics ?? []].flat().filter((metric) => metric !== 'accuracy' && metric !== 'acc');
  if (others.length > 0) {
    throw new TrainingError(
      `model: expected to be compiled with the metric accuracy alone, found ${others.map(nameOf).join(', ')}: pass others to train as metrics`,
    );
  }
  return requireSameLoss(loss, config.loss);
};

const requireSameLoss = (compiled: unknown, given: TrainingConfig['loss']): LossConfig | CustomLoss => {
  if (given !== undefined && 'rows' in given) return given;
  const name = typeof compiled === 'string' ? losses[compiled] : undefined;
  if (name === undefined) {
    throw new TrainingError(
      `model: expected to be compiled with one of ${Object.keys(losses).join(', ')}, found ${nameOf(compiled)}: pass the loss to train, as config.loss`,
    );
  }
  if (given !== undefined && given.name !== name) {
    throw new TrainingError(
      `model: expected to be compiled with the loss of the configuration, ${given.name}, found ${nameOf(compiled)}: make them equal, or leave config.loss out`,
    );
  }
  return given ?? lossSchema.parse({ name });
};

const requireSameOptimizer = (compiled: Compiled['optimizer'], { optimizer }: CompleteConfig): void => {
  if (compiled === undefined) return;
  const name = optimizers[compiled.getClassName()];
  const rate = compiled.learningRate;
  const sameRate = rate === undefined || Math.fround(rate) === Math.fround(optimizer.learningRate);
  if (name === optimizer.name && sameRate) {
    requireSameSettings(compiled, optimizer);
    return;
  }
  throw new TrainingError(
    `model: expected to be compiled with the optimizer of the configuration, ${optimizer.name} with a learning rate of ${optimizer.learningRate}, found ${compiled.getClassName()}${rate === undefined ? '' : ` with ${rate}`}: make them equal, or do not compile the model`,
  );
};

const requireSameSettings = (compiled: CompiledOptimizer, config: CompleteConfig['optimizer']): void => {
  for (const [setting, theirs] of Object.entries(settings)) {
    const wanted = (config as unknown as Readonly<Record<string, unknown>>)[setting];
    // TensorFlow.js's SGD has no momentum.
    const found =
      compiled[theirs] ?? (setting === 'momentum' ? 0 : setting === 'nesterov' ? false : undefined);
    if (wanted === undefined || found === undefined || wanted === found) continue;
    throw new TrainingError(
      `model: expected to be compiled with the optimizer of the configuration, ${config.name} with ${setting} ${wanted}, found ${setting} ${found}: make them equal, or do not compile the model`,
    );
  }
};

const nameOf = (value: unknown): string =>
  typeof value === 'function' ? `a function ${value.name}`.trim() : JSON.stringify(value);
