import {
  type Batch,
  type ClassIndices,
  type DatasetChoice,
  type ImageDataset,
  type ModelSpec,
  parseRunConfig,
  type RunConfig,
} from '@dropout-lab/contracts';
import { createBatches, type DatasetBatches, splitLast } from '@dropout-lab/data';
import { buildModel, modelSpecOf, readWeights, trainedWeights } from '@dropout-lab/model';
import { fold, randomKey } from '@dropout-lab/random';
import { createOptimizer, imageValues } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { type ExchangeFolder, packBits } from '../exchange.ts';
import { formulas } from '../formulas.ts';
import { type Mask, masksOf } from '../masks.ts';
import type { Scenario } from './scenarios.ts';

/** The length of a training, and the moments at which it is compared. */
export interface WorkloadSize {
  readonly batchSize: number;
  readonly steps: number;
  /** Updates after which the weights are compared, the last of them `steps`. */
  readonly weightsAfter: readonly number[];
  /** Number of first steps that are also taken one at a time, each from Keras's own state. */
  readonly singleSteps: number;
}

export interface NamedShape {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A scenario in the form that keras/train.py reads. */
export interface ScenarioWorkload {
  readonly name: string;
  readonly dataset: DatasetChoice;
  readonly model: ModelSpec;
  readonly optimizer: RunConfig['optimizer'];
  readonly loss: RunConfig['loss'];
  /** All weights of the model, moving statistics included. */
  readonly weights: readonly NamedShape[];
  /** Names of the weights that have a gradient. */
  readonly trained: readonly string[];
  /** The slots of the optimizer. */
  readonly slots: readonly NamedShape[];
  readonly masks: readonly {
    readonly layer: string;
    readonly kind: Mask['kind'];
    readonly file: string;
    readonly shape: readonly number[];
  }[];
}

/** The content of `workload.json`, which keras/train.py reads. The arrays are in files beside it. */
export interface Workload extends WorkloadSize {
  readonly formulas: typeof formulas;
  readonly scenarios: readonly ScenarioWorkload[];
}

/** The batches of each data set that a scenario names. */
export type Sources = ReadonlyMap<DatasetChoice, DatasetBatches>;

/** The tutorial's run; all scenarios have its seed, its split and its order of images. */
const { seed, validationSplit } = parseRunConfig({});

/** Cuts images into batches, shuffled as the trainer does. */
export const createSource = (images: ImageDataset, batchSize: number): DatasetBatches =>
  createBatches(splitLast(images, validationSplit).train, {
    batchSize,
    shuffle: fold(randomKey(seed), 'shuffle'),
  });

/**
 * Writes the input of our trainer: for each scenario `NAME.initial.float32`, the weights in the order of
 * `workload.json`; for each data set `NAME.images.float32` and `NAME.labels.uint8`, batch after batch; for each mask,
 * step after step, a bit for each unit that is kept, or the normal deviates as float32.
 */
export const writeWorkload = async (
  folder: ExchangeFolder,
  sources: Sources,
  scenarios: readonly Scenario[],
  size: WorkloadSize,
): Promise<Workload> => {
  const steps = Array.from({ length: size.steps }, (_, step) => step);
  for (const [name, source] of sources) {
    const arrays = <T>(of: (batch: Batch<ClassIndices>) => T) =>
      lazily(steps, (step) => of(source.batch(0, step)));
    await folder.writeArrays(
      `${name}.images.float32`,
      arrays(({ images }) => imageValues(images)),
    );
    await folder.writeArrays(
      `${name}.labels.uint8`,
      arrays(({ labels }) => Uint8Array.from(labels)),
    );
  }
  // Scenarios of the same model share their masks.
  const written = new Set<string>();
  const all: ScenarioWorkload[] = [];
  for (const { name, config } of scenarios) {
    const model = buildScenarioModel({ config });
    const initial = await readWeights(model);
    await folder.writeArrays(
      `${name}.initial.float32`,
      initial.map(({ values }) => values),
    );
    const masks = masksOf(model, size.batchSize);
    for (const mask of masks) {
      const file = fileOf(mask);
      if (written.has(file)) continue;
      written.add(file);
      await folder.writeArrays(
        file,
        lazily(steps, (step) => (mask.kind === 'kept' ? packBits(mask.at(step)) : mask.at(step))),
      );
    }
    all.push({
      name,
      dataset: config.dataset,
      model: modelSpecOf(config),
      optimizer: config.optimizer,
      loss: config.loss,
      weights: initial.map(shapeOf),
      trained: trainedWeights(model).map((weight) => weight.name),
      slots: await slotsOf(model, config),
      masks: masks.map((mask) => ({
        layer: mask.layer,
        shape: mask.shape,
        kind: mask.kind,
        file: fileOf(mask),
      })),
    });
    model.dispose();
  }
  const workload: Workload = { ...size, formulas, scenarios: all };
  await folder.writeJson('workload.json', workload);
  return workload;
};

/** Builds the model of a scenario, with the weights and the dropout seeds that were written. */
export const buildScenarioModel = ({ config }: Pick<Scenario, 'config'>): LayersModel =>
  buildModel(modelSpecOf(config), config.seed);

const fileOf = ({ key, kind }: Mask): string => `${key}.${kind === 'kept' ? 'bits' : 'float32'}`;

const shapeOf = ({ name, shape }: NamedShape): NamedShape => ({ name, shape });

const slotsOf = async (model: LayersModel, { optimizer: config }: RunConfig): Promise<NamedShape[]> => {
  const optimizer = createOptimizer(config, trainedWeights(model));
  const slots = await optimizer.readSlots();
  optimizer.dispose();
  return slots.map(shapeOf);
};

function* lazily<From, To>(items: Iterable<From>, to: (item: From) => To): Generator<To> {
  for (const item of items) yield to(item);
}
