// Runs in a page: trainings on WebGPU, with losses that are read late, and at once.
import '@tensorflow/tfjs-backend-webgpu';
// Registers the gradients that the core leaves out.
import '@tensorflow/tfjs-core/dist/register_all_gradients.js';
import { type BatchSource, parseRunConfig, type RunEvent } from '@dropout-lab/contracts';
import { buildModel, parseModelSpec, readWeights } from '@dropout-lab/model';
import { randomKey, uniform } from '@dropout-lab/random';
import * as tf from '@tensorflow/tfjs-core';
import { createReplica, type TrainingEnded, train } from '../index.ts';

/** The events of a training, and its weights. */
export interface Trained {
  readonly steps: readonly Pick<Extract<RunEvent, { kind: 'step' }>, 'step' | 'loss' | 'accuracy'>[];
  readonly ended: Pick<TrainingEnded, 'reason' | 'message' | 'step'>;
  /** Weights at the end, one after the other. */
  readonly weights: readonly number[];
  /** How often numbers were read from the graphics processor until the last step's event. */
  readonly reads: number;
}

const [SIZE, BATCH, CLASSES] = [42, 6, 3];
const shape = [8, 8, 3] as const;
const rowLength = 8 * 8 * 3;
const pixels = Float32Array.from(uniform(randomKey(5), SIZE * rowLength));

/** 7 steps an epoch. */
const source: BatchSource = {
  size: SIZE,
  batchSize: BATCH,
  batchesPerEpoch: SIZE / BATCH,
  imageShape: shape,
  batch: (_, index) => ({
    images: pixels.slice(index * BATCH * rowLength, (index + 1) * BATCH * rowLength),
    labels: Uint8Array.from({ length: BATCH }, (_, row) => (index + row) % CLASSES),
    size: BATCH,
  }),
};

/** Counts the reads of a backend from now on. */
const countReads = (): (() => number) => {
  const backend = tf.backend() as unknown as { read(id: object): Promise<unknown> };
  const { read } = backend;
  let reads = 0;
  backend.read = (id) => {
    reads += 1;
    return read.call(backend, id);
  };
  return () => {
    backend.read = read;
    return reads;
  };
};

/** Trains a small model of dropout and batch normalization for an epoch. */
const trainOnce = async (isLate: boolean, learningRate: number): Promise<Trained> => {
  const model = buildModel(
    parseModelSpec({
      inputShape: [...shape],
      numClasses: CLASSES,
      preset: 'layers',
      layers: [
        { kind: 'conv2d', filters: 4, activation: 'relu' },
        { kind: 'batch_normalization' },
        { kind: 'max_pooling2d', poolSize: 2 },
        { kind: 'flatten' },
        { kind: 'dropout', rate: 0.4 },
        { kind: 'dense', units: CLASSES, activation: 'softmax' },
      ],
    }),
    1,
  );
  const { unreadGradients, ...readAtOnce } = createReplica(model);
  if (unreadGradients === undefined) throw new Error('expected a replica that reads late, found none');
  const config = parseRunConfig({ epochs: 1, optimizer: { name: 'sgd', learningRate } });
  const steps: Trained['steps'][number][] = [];
  let reads = 0;
  let ended: TrainingEnded | undefined;
  const count = countReads();
  const training = train({
    model,
    config,
    train: source,
    replica: isLate ? { ...readAtOnce, unreadGradients } : readAtOnce,
    // As if each step took no time: as many as there may be are read together.
    now: () => 0,
  });
  for await (const event of training) {
    if (event.kind === 'step') {
      const { step, loss, accuracy } = event;
      steps.push({ step, loss, accuracy });
    } else if (event.kind === 'epoch') reads = count();
    else if (event.kind === 'training-ended') ended = event;
  }
  const weights = (await readWeights(model)).flatMap(({ values }) => [...values]);
  model.dispose();
  const { reason, message, step } = ended!;
  return { steps, ended: { reason, message, step }, weights, reads };
};

export interface Page {
  start(): Promise<void>;
  trainOnce: typeof trainOnce;
}

Object.assign(globalThis, {
  start: async () => {
    if (!(await tf.setBackend('webgpu'))) throw new Error('expected WebGPU, found none');
    await tf.ready();
  },
  trainOnce,
} satisfies Page);
