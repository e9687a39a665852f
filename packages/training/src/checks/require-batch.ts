import type { Batch, BatchSource, Targets } from '@dropout-lab/contracts';
import { TrainingError } from '../errors.ts';
import { areClasses } from '../losses/targets.ts';
import type { Objective } from '../objective.ts';

/** The place of a batch, for messages. */
interface BatchPlace {
  /** `train`, `validation`. */
  readonly name: string;
  readonly epoch: number;
  readonly index: number;
}

/**
 * Returns a batch that has as many images, pixels and labels as its source declares, all with possible values. Without this
 * check wrong ones would be trained on without an error: TensorFlow.js takes a missing pixel for NaN, which a ReLU turns into
 * 0, and a class out of range for a row of zeros.
 *
 * @throws TrainingError naming the first value that is wrong.
 */
export const requireBatch = (
  batch: Batch,
  source: BatchSource,
  { loss, outputShape, units }: Objective,
  { name, epoch, index }: BatchPlace,
): Batch => {
  const where = `${name}: batch ${index + 1} of epoch ${epoch + 1}`;
  const fail = (finding: string): never => {
    throw new TrainingError(`${where}: ${finding}`);
  };
  if (typeof batch !== 'object' || batch === null) fail(`expected a batch, found ${String(batch)}`);
  const { images, labels, sampleWeights, size } = batch;
  const expected = Math.min(source.batchSize, source.size - index * source.batchSize);
  if (size !== expected) {
    fail(
      `expected ${expected} images at this place of the epoch, found ${size}: every image of the source has to be in one batch`,
    );
  }
  if (!(images instanceof Uint8Array || images instanceof Float32Array)) {
    fail(
      `images: expected bytes in a Uint8Array or numbers in a Float32Array, found ${inWords(images)}: copy them into one`,
    );
  }
  const pixels = size * source.imageShape.reduce((product, length) => product * length, 1);
  if (images.length !== pixels) {
    fail(
      `images: expected ${pixels} numbers for ${size} images of shape [${source.imageShape}], found ${images.length}: cut whole images`,
    );
  }
  if (images instanceof Float32Array)
    requireFinite(
      images,
      (i) =>
        `images: expected finite numbers, found ${images[i]} in image ${Math.floor((i * size) / pixels)}: correct it or leave it out`,
      fail,
    );
  requireTargets(labels, { size, outputShape, units, binary: loss.name === 'binary_crossentropy' }, fail);
  if (sampleWeights !== undefined) {
    if (!(sampleWeights instanceof Float32Array) || sampleWeights.length !== size) {
      fail(`sampleWeights: expected a Float32Array of ${size} numbers, found ${inWords(sampleWeights)}`);
    }
    requireFinite(
      sampleWeights,
      (i) => `sampleWeights: expected finite numbers, found ${sampleWeights[i]} for image ${i}`,
      fail,
    );
  }
  return batch;
};

type Fail = (finding: string) => never;

const requireTargets = (
  labels: Targets,
  {
    size,
    outputShape,
    units,
    binary,
  }: { size: number; outputShape: readonly number[]; units: number; binary: boolean },
  fail: Fail,
): void => {
  const isNumbers = labels instanceof Float32Array;
  if (
    !isNumbers &&
    !(labels instanceof Uint8Array || labels instanceof Uint16Array || labels instanceof Int32Array)
  ) {
    fail(
      `labels: expected class indices in a Uint8Array, Uint16Array or Int32Array, or numbers in a Float32Array, found ${inWords(labels)}`,
    );
  }
  const shape = areClasses(labels, units) ? outputShape.slice(0, -1) : outputShape;
  const count = shape.reduce((product, length) => product * length, size);
  if (labels.length !== count) {
    fail(
      `labels: expected ${count} ${isNumbers ? 'numbers' : 'class indices'} for ${size} images and outputs of shape [${outputShape}], found ${labels.length}`,
    );
  }
  if (isNumbers) {
    requireFinite(labels, (i) => `labels: expected finite numbers, found ${labels[i]} at place ${i}`, fail);
  }
  const [classes, last] = units > 1 ? [!isNumbers, units - 1] : [binary && !isNumbers, 1];
  if (classes) {
    const place = labels.findIndex((label) => label < 0 || label > last);
    if (place >= 0) {
      fail(
        `labels: expected classes from 0 to ${last} as the model has ${units > 1 ? `${units} units` : 'one unit for two classes'}, found ${labels[place]} at place ${place}: count classes from 0, or give the model a unit for each class`,
      );
    }
  } else if (binary) {
    const place = labels.findIndex((label) => label < 0 || label > 1);
    if (place >= 0) {
      fail(
        `labels: expected numbers from 0 to 1 for binary_crossentropy, found ${labels[place]} at place ${place}`,
      );
    }
  }
};

/** A first pass without a branch for each number finds out whether there is one that is not finite; a second pass finds it. */
const requireFinite = (values: Float32Array, message: (place: number) => string, fail: Fail): void => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * 0;
  if (sum !== 0) fail(message(values.findIndex((value) => !Number.isFinite(value))));
};

const inWords = (value: unknown): string => {
  if (value === undefined || value === null) return String(value);
  const length = (value as { length?: number }).length;
  return `${(value as object).constructor?.name ?? typeof value}${length === undefined ? '' : ` of ${length}`}`;
};
