// Trains with parts of your own in place of the built-in ones: an optimizer, a callback, a layer, a schedule and a
// metric. Each is checked, named and saved in checkpoints like the built-in ones.
import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import { parseRunConfig } from '@dropout-lab/contracts';
import { createBatches, splitStratified } from '@dropout-lab/data';
import { buildModel, defineLayer, parseModelSpec } from '@dropout-lab/model';
import { fold, randomKey } from '@dropout-lab/random';
import { defineCallback, defineOptimizer, train } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import { layers } from '@tensorflow/tfjs-layers';
import { z } from 'zod';

console.log((await startBackend('auto')).reason);

/** Lion (Chen et al. 2023): the sign of a mean of gradients; one slot for each weight. */
const lion = defineOptimizer({
  name: 'lion',
  settings: {
    learningRate: z.number().positive().default(1e-4),
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.99),
  },
  create: ({ beta1, beta2 }) => ({
    slots: ['m'],
    at: (learningRate) => (weight, gradient, slots) => {
      const [m] = /** @type {[tf.Variable]} */ (slots);
      const direction = tf.sign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
      m.assign(tf.add(tf.mul(m, beta2), tf.mul(gradient, 1 - beta2)));
      return tf.sub(weight, tf.mul(direction, learningRate));
    },
  }),
});

/** Ends training once validation accuracy is high enough; a resumed run still knows the best one. */
const goodEnough = defineCallback({
  name: 'good_enough',
  settings: { accuracy: z.number().min(0).max(1) },
  create: ({ accuracy }) => {
    let best = 0;
    return {
      onEpochEnd: (logs, { stop }) => {
        best = Math.max(best, logs.val_accuracy ?? 0);
        if (best >= accuracy) stop(`validation accuracy ${best} is good enough`);
      },
      readState: () => ({ data: best }),
      writeState: ({ data }) => {
        best = Number(data);
      },
    };
  },
});

/** Averages windows, where the built-in pooling takes the largest. */
const averagePooling = defineLayer({
  kind: 'mean_pooling2d',
  settings: { poolSize: z.number().int().positive().default(2) },
  create: ({ poolSize }, { name }) => layers.averagePooling2d({ name, poolSize }),
  outputShape: ({ poolSize }, [height = 0, width = 0, channels = 0]) => [
    Math.floor(height / poolSize),
    Math.floor(width / poolSize),
    channels,
  ],
});

/** The fraction of images whose class is among the three most likely. */
const top3 = {
  name: 'top3',
  /** @type {import('@dropout-lab/training').Metric['mean']} */
  mean: (logits, labels, numClasses) => {
    const hits = labels.filter((label, row) => {
      const scores = logits.subarray(row * numClasses, (row + 1) * numClasses);
      return scores.filter((score) => score > (scores[label] ?? 0)).length < 3;
    });
    return hits.length / labels.length;
  },
};

const own = { layers: [averagePooling] };
const spec = parseModelSpec(
  {
    layers: [
      { kind: 'conv2d', filters: 16, activation: 'relu', kernelInitializer: 'he_uniform' },
      // The types do not know the name of a kind of your own.
      /** @type {any} */ ({ kind: 'mean_pooling2d', poolSize: 3 }),
      { kind: 'dropout', rate: 0.2 },
      { kind: 'flatten' },
      { kind: 'dense', units: 10, activation: 'softmax' },
    ],
  },
  own,
);
const model = buildModel(spec, 7, own);

const key = randomKey(7);
const parts = splitStratified(loadSample().train, 0.2, fold(key, 'split'));
const events = train({
  model,
  config: {
    ...parseRunConfig({ epochs: 20 }),
    optimizer: lion({ learningRate: 0.002 }),
    // Warm-up over the first ten steps.
    schedule: (initial, step) => initial * Math.min(1, (step + 1) / 10),
  },
  train: createBatches(parts.train, { batchSize: 25, shuffle: fold(key, 'shuffle') }),
  validation: createBatches(parts.validation, { batchSize: 50 }),
  callbacks: [goodEnough({ accuracy: 0.3 })],
  metrics: [top3],
});
for await (const event of events) {
  if (event.kind === 'epoch') {
    const { loss, accuracy, top3: training, val_accuracy, val_top3 } = event.logs;
    console.log(
      `epoch ${event.epoch}: loss ${loss.toFixed(3)}, accuracy ${accuracy?.toFixed(3)}, top3 ${training?.toFixed(3)}, val_accuracy ${val_accuracy?.toFixed(3)}, val_top3 ${val_top3?.toFixed(3)}`,
    );
  }
  if (event.kind === 'training-ended') console.log(`${event.reason}: ${event.message}`);
}
model.dispose();
