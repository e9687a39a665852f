import { createBatches, splitLast } from '@dropout-lab/cifar';
import { type BatchSource, type ImageDataset, parseRunConfig } from '@dropout-lab/contracts';
import { buildModel, Dropout, readWeights } from '@dropout-lab/model';
import { dropoutMask, fold, randomKey } from '@dropout-lab/random';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type ExchangeFolder, packBits } from './exchange.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/** How much is trained, and when it is looked at. */
export interface WorkloadSize {
  readonly batchSize: number;
  readonly steps: number;
  /** Updates after which the weights are compared, the last of them `steps`. */
  readonly weightsAfter: readonly number[];
  /** How many of the first steps are also taken one at a time, each from Keras's own state. */
  readonly singleSteps: number;
}

/** A name and a shape without the batch axis. */
export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What `workload.json` says to keras/train.py. The arrays are in files beside it. */
export interface Workload extends WorkloadSize {
  readonly imageShape: readonly number[];
  readonly weights: readonly NamedShape[];
  readonly dropout: readonly NamedShape[];
  readonly scenarios: readonly Scenario[];
}

/** The tutorial's run, which all scenarios share the seed, the split and the order of the images with. */
const { seed, validationSplit, model: spec } = parseRunConfig({});

/** Real images, shuffled as the trainer does. */
export const createSource = (images: ImageDataset, batchSize: number): BatchSource =>
  createBatches(splitLast(images, validationSplit).train, {
    batchSize,
    shuffle: fold(randomKey(seed), 'shuffle'),
  });

/**
 * Writes what our trainer would start from and go through: `initial.float32`, the weights in the order of
 * `workload.json`; `images.float32` and `labels.uint8`, batch after batch; for each Dropout layer `NAME.bits`, a bit
 * for each unit that is kept, step after step.
 */
export const writeWorkload = async (
  folder: ExchangeFolder,
  source: BatchSource,
  size: WorkloadSize,
): Promise<Workload> => {
  const model = buildModel(spec, seed);
  const initial = await readWeights(model);
  const dropout = model.layers.filter((layer) => layer instanceof Dropout);
  const workload: Workload = {
    ...size,
    imageShape: source.imageShape,
    weights: initial.map(({ name, shape }) => ({ name, shape })),
    dropout: dropout.map((layer) => ({ name: layer.name, shape: unitsOf(layer) })),
    scenarios,
  };
  const steps = Array.from({ length: size.steps }, (_, step) => step);
  await folder.writeJson('workload.json', workload);
  await folder.writeArrays(
    'initial.float32',
    initial.map(({ values }) => values),
  );
  await folder.writeArrays(
    'images.float32',
    lazily(steps, (step) => source.batch(0, step).images),
  );
  await folder.writeArrays(
    'labels.uint8',
    lazily(steps, (step) => source.batch(0, step).labels),
  );
  for (const layer of dropout) {
    const masks = lazily(steps, (step) => packBits(maskOf(layer, step, size.batchSize)));
    await folder.writeArrays(`${layer.name}.bits`, masks);
  }
  model.dispose();
  return workload;
};

/** The model of a scenario, with the weights and the dropout seeds that were written. */
export const buildScenarioModel = ({ config }: Scenario): LayersModel =>
  buildModel(config.model, config.seed);

/** The mask that the layer draws by its documentation, not by its code. */
const maskOf = (layer: Dropout, step: number, batchSize: number): Float32Array => {
  const size = unitsOf(layer).reduce((product, length) => product * length, batchSize);
  return dropoutMask(fold(randomKey(layer.seed!), 'dropout', step), { size, rate: layer.rate });
};

const unitsOf = (layer: Dropout): number[] => layer.outputShape.slice(1) as number[];

function* lazily<From, To>(items: Iterable<From>, to: (item: From) => To): Generator<To> {
  for (const item of items) yield to(item);
}
