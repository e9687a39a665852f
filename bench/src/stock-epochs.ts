/**
 * `node stock-epochs.js EPOCHS`: trains the tutorial's run on tfjs-node with stock TensorFlow.js alone, by `model.fit`;
 * prints the seconds of each epoch, validation included, as a line of JSON. It lacks whatever stock TensorFlow.js lacks,
 * max-norm above all.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { tfjsNodeFolder } from '@dropout-lab/backend/node';
import { CIFAR10 } from '@dropout-lab/cifar';
import { loadCifar } from '@dropout-lab/cifar/node';
import * as tf from '@tensorflow/tfjs-core';
import { createStockModel } from './shared/stock-model.ts';

// tfjs-node calls a function that Node 23 has removed.
Object.assign(createRequire(import.meta.url)('node:util') as object, {
  isNullOrUndefined: (value: unknown) => value === null || value === undefined,
});

/** Starts the stock backend; `startBackend` would replace its slow kernels. */
const loadTfjsNode = (from: string): unknown => createRequire(from)('@tensorflow/tfjs-node');
try {
  loadTfjsNode(import.meta.url);
} catch {
  loadTfjsNode(join(tfjsNodeFolder(), 'package.json'));
}
await tf.setBackend('tensorflow');

const epochs = Number(process.argv[2]);
const { train } = await loadCifar(CIFAR10, {});
const model = createStockModel();

const images = tf.tidy(() =>
  tf.div(tf.tensor4d(train.images, [train.labels.length, 32, 32, 3], 'float32'), 255),
);
const labels = tf.tidy(() =>
  tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(train.labels), 'int32'), 10), 'float32'),
);
const seconds: number[] = [];
let startedAt = 0;
await model.fit(images, labels, {
  batchSize: 250,
  epochs,
  validationSplit: 0.2,
  verbose: 0,
  callbacks: {
    onEpochBegin: async () => {
      startedAt = performance.now();
    },
    onEpochEnd: async () => {
      seconds.push((performance.now() - startedAt) / 1000);
    },
  },
});
process.stdout.write(`${JSON.stringify({ seconds })}\n`);
process.exit();
