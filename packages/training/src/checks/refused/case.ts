import type { Batch, BatchSource, RunConfigInput, Targets } from '@dropout-lab/contracts';
import { Dropout } from '@dropout-lab/model';
import { initializers, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { createReplica, type TrainingEvent, type TrainOptions, train } from '../../index.ts';
import { configOf } from '../../testing.ts';

/** Something that cannot be honoured: its title on the page, and the message that refuses it. */
export interface RefusedCase {
  readonly what: string;
  readonly build?: () => LayersModel;
  readonly source?: Partial<BatchSource>;
  /** Of the source's only batch. */
  readonly batch?: (batch: Batch) => Partial<Record<keyof Batch, unknown>>;
  readonly options?: Partial<TrainOptions>;
  /** The replica is of another model. */
  readonly withOtherReplica?: true;
  readonly config?: Partial<TrainOptions['config']> | RunConfigInput;
  readonly message: string;
  /** Where it is refused; everywhere when left out. */
  readonly backends?: readonly string[];
  /** When it is refused, if not before the first batch: with the batch, or at the end of the epoch. */
  readonly when?: 'batch' | 'epoch';
}

export interface RefusedGroup {
  readonly title: string;
  readonly cases: readonly RefusedCase[];
}

export const SIZE = 4;
/** Images of 6 by 6 by 2, classes 0 to 2. */
const source: BatchSource = {
  size: SIZE,
  batchSize: SIZE,
  batchesPerEpoch: 1,
  imageShape: [6, 6, 2],
  batch: () => ({
    images: Float32Array.from({ length: SIZE * 72 }, (_, i) => (i % 17) / 17),
    labels: Uint8Array.of(0, 1, 2, 1),
    size: SIZE,
  }),
};

const seeded = (seed: number) => initializers.glorotUniform({ seed });
export const conv = (more: object = {}) =>
  layers.conv2d({
    name: 'conv',
    filters: 2,
    kernelSize: 3,
    inputShape: [6, 6, 2],
    kernelInitializer: seeded(1),
    ...more,
  });
export const dense = (more: object = {}) =>
  layers.dense({ name: 'dense', units: 3, activation: 'softmax', kernelInitializer: seeded(2), ...more });
/** A convolution, then these layers, then a classifier. */
export const withLayers = (...between: layers.Layer[]) =>
  sequential({ layers: [conv(), ...between, layers.flatten(), dense()] });
export const endingIn = (...last: layers.Layer[]) =>
  sequential({ layers: [conv(), layers.flatten(), ...last] });
/** A classifier of sequences of 12 steps of 6 numbers. */
export const sequences = (...inner: layers.Layer[]) =>
  sequential({
    layers: [layers.reshape({ targetShape: [12, 6], inputShape: [6, 6, 2] }), ...inner, dense()],
  });

/** Trains a case; rejects when it is refused. */
export const startCase = async (one: RefusedCase, built: LayersModel): Promise<TrainingEvent[]> => {
  const batches: BatchSource<Targets> = {
    ...source,
    ...one.source,
    batch: async (epoch, index) => {
      const batch = await source.batch(epoch, index);
      return { ...batch, ...(one.batch?.(batch) as Partial<Batch>) };
    },
  };
  const config = { ...configOf({ epochs: 1 }), loss: undefined, ...one.config } as TrainOptions['config'];
  const other = one.withOtherReplica && modelOf(one);
  const options = { ...one.options, ...(other && { replica: createReplica(other) }) };
  const events: TrainingEvent[] = [];
  try {
    for await (const event of train({ model: built, config, train: batches, ...options })) events.push(event);
  } finally {
    other?.dispose();
  }
  return events;
};

/** The model of a case. */
export const modelOf = (one: RefusedCase): LayersModel => (one.build ?? withLayers)();

/** A model with our own layer instead of one that is refused. */
export const withOurDropout = (): LayersModel => withLayers(new Dropout({ rate: 0.5, seed: 1 }));
