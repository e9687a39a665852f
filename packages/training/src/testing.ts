import {
  type Batch,
  type BatchSource,
  type CheckpointName,
  type ClassIndices,
  type LayerInput,
  membersOf,
  parseRunConfig,
  type RunConfigInput,
  type Snapshot,
  type TutorialInput,
} from '@dropout-lab/contracts';
import { buildModel, Dropout, defineLayer, parseModelSpec } from '@dropout-lab/model';
import { fold, permutation, randomKey, uniform } from '@dropout-lab/random';
import { clone, scalar, type Tensor } from '@tensorflow/tfjs-core';
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  regularizers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { expect } from 'vitest';
import type { CheckpointSink } from './loop/training-config.ts';
import type { TrainingEvent } from './loop/training-event.ts';
import type { Replica } from './replicas/replica.ts';

const imageShape = [8, 8, 3] as const;
export const numClasses = 3;

/** The names of a family without outputs of Keras, joined by commas. */
export const namesWithout = (schema: Parameters<typeof membersOf>[0], fixtures: object): string =>
  [...membersOf(schema)!.members.keys()].filter((name) => !(name in fixtures)).join(', ');

/** Matchers of these numbers to within 1e-6 of the largest of them, or of `scale` where that is larger. */
export const closeTo = (values: readonly number[], scale = 1e-32): number[] => {
  // Where Keras has 0, ours may be the smallest number of float32.
  const allowed = 1e-6 * Math.max(...values.map(Math.abs), scale);
  // closeTo allows half a unit of so many digits.
  return values.map((value) => expect.closeTo(value, -Math.log10(2 * allowed)));
};

/** A model whose training steps take milliseconds, the same each time. */
export const tinyModel = (spec: TutorialInput = {}): LayersModel =>
  buildModel(
    parseModelSpec({ inputShape: [...imageShape], numClasses, filters: [4], units: [8], ...spec }),
    1,
  );

/** A model with batch normalization of images and of vectors, and between them a layer that calls `onCall` and returns its input. */
export const normalizedModel = (onCall?: () => void): LayersModel => {
  const pass = defineLayer({
    kind: 'pass',
    settings: {},
    create: (_, { name }) => new Pass({ name, onCall }),
  });
  const list: LayerInput[] = [
    { kind: 'conv2d', filters: 4, padding: 'same' },
    { kind: 'batch_normalization', momentum: 0.9 },
    { kind: 'activation', activation: 'relu' },
    { kind: 'max_pooling2d', poolSize: 4 },
    // Not a built-in kind.
    { kind: 'pass' } as never,
    { kind: 'flatten' },
    { kind: 'dense', units: 6 },
    { kind: 'batch_normalization', momentum: 0.8 },
    { kind: 'dropout', rate: 0.2 },
    { kind: 'dense', units: numClasses, activation: 'softmax' },
  ];
  const spec = parseModelSpec({ inputShape: [...imageShape], numClasses, layers: list }, { layers: [pass] });
  return buildModel(spec, 1, { layers: [pass] });
};

/** A model with every kind of regularization that depends on the step: of units, of a kernel, of a block, and penalties. */
export const regularizedModel = (): LayersModel =>
  buildModel(
    parseModelSpec({
      inputShape: [...imageShape],
      numClasses,
      layers: [
        { kind: 'dropout', rate: 0.1 },
        {
          kind: 'conv2d',
          filters: 4,
          activation: 'gelu',
          dropConnect: 0.3,
          kernelRegularizer: { name: 'l1_l2', l1: 0.01, l2: 0.02 },
        },
        {
          kind: 'residual',
          layers: [{ kind: 'conv2d', filters: 6, strides: 2, padding: 'same', useBias: false }],
          shortcut: [{ kind: 'conv2d', filters: 6, kernelSize: 1, strides: 2 }],
          dropRate: 0.4,
        },
        { kind: 'layer_normalization' },
        { kind: 'average_pooling2d', padding: 'same' },
        { kind: 'flatten' },
        { kind: 'dense', units: 5, activation: 'selu', kernelRegularizer: { name: 'l2' } },
        { kind: 'dense', units: numClasses, dropConnect: 0.2, activation: 'softmax' },
      ],
    }),
    1,
  );

/** A model whose batch normalization is within a TimeDistributed layer: of each row of an image by itself. */
export const rowNormalizedModel = (): LayersModel =>
  sequential({
    layers: [
      layers.timeDistributed({
        name: 'rows',
        layer: layers.batchNormalization({}),
        inputShape: [...imageShape],
      }),
      layers.flatten({}),
      layers.dense({ units: numClasses, activation: 'softmax' }),
    ],
  });

/**
 * A model with batch normalization in a residual block, with dropout beside it; in a nested model, and in one layer that is
 * used twice. Its second convolution has an L2 penalty.
 */
export const branchedModel = (): LayersModel => {
  const images = input({ shape: [...imageShape] });
  const convolution = (name: string, regularized = false) =>
    layers.conv2d({
      name,
      filters: 4,
      kernelSize: 3,
      padding: 'same',
      kernelInitializer: initializers.heUniform({ seed: name.length }),
      ...(regularized && { kernelRegularizer: regularizers.l2({ l2: 0.01 }) }),
    });
  const shared = layers.batchNormalization({ name: 'shared', scale: false });
  const through = (x: SymbolicTensor, ...list: layers.Layer[]): SymbolicTensor =>
    list.reduce((y, layer) => layer.apply(y) as SymbolicTensor, x);
  const start = through(images, convolution('first'), shared);
  const block = through(
    start,
    convolution('second', true),
    layers.batchNormalization({ name: 'norm' }),
    layers.activation({ name: 'relu', activation: 'relu' }),
    new Dropout({ name: 'drop', rate: 0.3, seed: 5 }),
  );
  const sum = layers.add({ name: 'sum' }).apply([start, block]) as SymbolicTensor;
  const nested = sequential({
    name: 'nested',
    layers: [
      layers.maxPooling2d({ name: 'pool', poolSize: 2, inputShape: [8, 8, 4] }),
      layers.batchNormalization({ name: 'inner', center: false }),
    ],
  });
  const classify = layers.dense({
    name: 'classes',
    units: numClasses,
    activation: 'softmax',
    kernelInitializer: initializers.heUniform({ seed: 3 }),
  });
  const outputs = through(sum, shared, nested, layers.flatten({ name: 'flat' }), classify);
  return model({ inputs: images, outputs });
};

/** A model with batch normalization in a layer of the user's own. */
export const wrappedModel = (): LayersModel =>
  sequential({
    layers: [
      new Wrapper({ name: 'wrapper', inputShape: [...imageShape] }),
      layers.flatten({}),
      layers.dense({ units: numClasses, activation: 'softmax' }),
    ],
  });

class Wrapper extends layers.Layer {
  static readonly className = 'Wrapper';
  readonly layer = layers.batchNormalization({ name: 'wrapped' });

  override build(inputShape: (number | null)[]): void {
    this.layer.build(inputShape);
    this.layer.built = true;
    this.trainableWeights = this.layer.trainableWeights;
    this.nonTrainableWeights = this.layer.nonTrainableWeights;
    super.build(inputShape);
  }

  override call(inputs: Tensor | Tensor[], kwargs: object): Tensor | Tensor[] {
    return this.layer.apply(inputs, { ...kwargs }) as Tensor;
  }
}

class Pass extends layers.Layer {
  static readonly className = 'Pass';
  readonly #onCall: (() => void) | undefined;

  constructor({ onCall, ...config }: { name: string; onCall: (() => void) | undefined }) {
    super(config);
    this.#onCall = onCall;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    this.#onCall?.();
    return clone(Array.isArray(inputs) ? inputs[0]! : inputs);
  }
}

export const noDropout: TutorialInput = { dropout: { rate: 0 } };

/** The run configuration of an input, all else the tutorial's. */
export const configOf = (config: RunConfigInput) => parseRunConfig(config);

/** A source whose batches are no promises. */
interface ImageSource extends BatchSource<ClassIndices> {
  batch(epoch: number, index: number): Batch<ClassIndices>;
}

/** `size` noisy images whose class is their brightest channel, cut into batches; another order in every epoch. */
export const imageSource = (
  name: string,
  { size, batchSize }: { size: number; batchSize: number },
): ImageSource => {
  const key = fold(randomKey(2019), name);
  const labels = Uint8Array.from({ length: size }, (_, row) => row % numClasses);
  const length = imageShape[0] * imageShape[1] * imageShape[2];
  const images = Float32Array.from(uniform(key, size * length), (noise, i) => {
    const isBright = i % numClasses === labels[Math.floor(i / length)];
    return 0.5 * noise + (isBright ? 0.5 : 0);
  });
  return {
    size,
    batchSize,
    batchesPerEpoch: Math.ceil(size / batchSize),
    imageShape,
    batch: (epoch, index) => {
      const order = permutation(fold(key, epoch), size);
      const rows = [...order.subarray(index * batchSize, (index + 1) * batchSize)];
      return {
        images: Float32Array.from(
          rows.flatMap((row) => [...images.subarray(row * length, (row + 1) * length)]),
        ),
        labels: Uint8Array.from(rows, (row) => labels[row]!),
        size: rows.length,
      };
    },
  };
};

/** Checkpoints as a run directory would return them: progress through JSON, arrays copied. */
export const memorySink = (): CheckpointSink & {
  readonly saved: { readonly name: CheckpointName; readonly snapshot: Snapshot }[];
} => {
  const saved: { name: CheckpointName; snapshot: Snapshot }[] = [];
  return {
    saved,
    save: async (name, { weights, slots, progress }) => {
      const copies = structuredClone({ weights, slots });
      saved.push({ name, snapshot: { ...copies, progress: JSON.parse(JSON.stringify(progress)) } });
    },
  };
};

export const collect = async (events: AsyncIterable<TrainingEvent>): Promise<TrainingEvent[]> => {
  const all: TrainingEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

/** The events of one kind. */
export const only = <Kind extends TrainingEvent['kind']>(
  kind: Kind,
  events: readonly TrainingEvent[],
): Extract<TrainingEvent, { kind: Kind }>[] =>
  events.filter((event): event is Extract<TrainingEvent, { kind: Kind }> => event.kind === kind);

/** A replica whose numbers are read late, as those of one on WebGPU are. */
export const readLate = (replica: Replica): Replica => ({
  ...replica,
  unreadGradients: async (batch, position) => {
    const { loss, correct, gradients } = await replica.gradients(batch, position);
    return {
      loss: scalar(loss),
      correct: correct === undefined ? undefined : scalar(correct, 'int32'),
      gradients,
    };
  },
});
