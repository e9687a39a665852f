import type { BatchSource, DropoutScheduleConfig } from '@dropout-lab/contracts';
import { hasDropoutRate } from '@dropout-lab/model';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { TrainingError } from '../errors.ts';
import type { Replica } from '../replicas/replica.ts';

/** @throws TrainingError when a schedule of the user's own gives no learning rate. */
export const requireRate = (learningRate: unknown, step: number): number => {
  if (typeof learningRate === 'number' && learningRate >= 0 && learningRate < Number.POSITIVE_INFINITY) {
    return learningRate;
  }
  throw new TrainingError(
    `schedule: expected a learning rate of at least 0 for step ${step + 1}, found ${String(learningRate)}: return a number`,
  );
};

/** @throws TrainingError when a replica is of another model than the one that is trained. */
export const requireReplicaOf = (model: LayersModel, replica: Replica): void => {
  if (replica.model === model) return;
  throw new TrainingError(
    `replica: expected one of the model to train, ${model.name}, found one of ${replica.model?.name ?? 'none'}: create it from the same model`,
  );
};

/** @throws TrainingError for anything but a whole number above 0. */
export const requireEpochs = (epochs: number): void => {
  if (Number.isInteger(epochs) && epochs > 0) return;
  throw new TrainingError(`epochs: expected a whole number above 0, found ${epochs}`);
};

/** @throws TrainingError when dropout rates change over training and the model has none: the schedule would do nothing. */
export const requireDropout = (model: LayersModel, { name }: DropoutScheduleConfig): void => {
  if (name === 'constant' || hasDropoutRate(model)) return;
  throw new TrainingError(
    `dropoutSchedule: expected a layer with a dropout rate above 0, which ${name} changes over training, found none: add one, or leave the schedule out`,
  );
};

/** @throws TrainingError when a source's batches do not fit the model. */
export const requireSource = (model: LayersModel, source: BatchSource, name: string): void => {
  // Channels first and last have the same number of pixels: mixed up, they would train without an error.
  const expected = model.inputs[0]!.shape.slice(1);
  if (`${expected}` !== `${source.imageShape}`) {
    throw new TrainingError(
      `${name}: expected images of shape [${expected}] as the model's input, found [${source.imageShape}]: cut the batches in the model's data format and size`,
    );
  }
  const { size, batchSize, batchesPerEpoch } = source;
  if (size > 0 && batchSize > 0 && batchesPerEpoch === Math.ceil(size / batchSize)) return;
  throw new TrainingError(
    `${name}: expected ceil(size / batchSize) batches in an epoch, found ${batchesPerEpoch} for ${size} images in batches of ${batchSize}: the last may be short`,
  );
};
