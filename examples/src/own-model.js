// Trains a network of stock TensorFlow.js layers with a residual connection, as Keras would: constraints are applied
// after every update, the shuffle is seeded, and the learning rate follows a cosine decay.
import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import { parseRunConfig } from '@dropout-lab/contracts';
import { createBatches, splitStratified } from '@dropout-lab/data';
import { Dropout, maxNorm } from '@dropout-lab/model';
import { fold, randomKey } from '@dropout-lab/random';
import { train } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

console.log((await startBackend('auto')).reason);

const SEED = 7;
const LIMIT = 1.5;

/** @param {number} n One for each layer, so that each has initial weights of its own. */
const convolution = (n) =>
  tfl.layers.conv2d({
    filters: 16,
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
    kernelInitializer: tfl.initializers.heUniform({ seed: SEED + n }),
    // All incoming weights of a filter, as Keras's documentation advises for convolutions.
    kernelConstraint: maxNorm(LIMIT, [0, 1, 2]),
  });

const input = tfl.input({ shape: [32, 32, 3] });
const first = /** @type {tfl.SymbolicTensor} */ (
  tfl.layers.maxPooling2d({ poolSize: 4 }).apply(convolution(1).apply(input))
);
const second = /** @type {tfl.SymbolicTensor} */ (convolution(2).apply(first));
const joined = tfl.layers.add().apply([first, second]);
const pooled = new Dropout({ rate: 0.25, seed: SEED }).apply(tfl.layers.flatten().apply(joined));
const model = tfl.model({
  inputs: input,
  outputs: /** @type {tfl.SymbolicTensor} */ (
    tfl.layers
      .dense({
        units: 10,
        activation: 'softmax',
        kernelInitializer: tfl.initializers.glorotUniform({ seed: SEED }),
      })
      .apply(pooled)
  ),
});

const config = parseRunConfig({
  optimizer: { name: 'sgd', learningRate: 0.02, momentum: 0.9, nesterov: true },
  schedule: { name: 'cosine_decay', decaySteps: 160 },
  epochs: 20,
});
const key = randomKey(SEED);
const parts = splitStratified(loadSample().train, 0.2, fold(key, 'split'));

const events = train({
  model,
  config,
  train: createBatches(parts.train, { batchSize: 25, shuffle: fold(key, 'shuffle') }),
  validation: createBatches(parts.validation, { batchSize: 25 }),
});
for await (const event of events) {
  if (event.kind !== 'epoch') continue;
  const { loss, accuracy } = event.logs;
  console.log(
    `epoch ${event.epoch}: learning rate ${event.learningRate.toFixed(4)}, loss ${loss.toFixed(3)}, accuracy ${accuracy?.toFixed(3)}`,
  );
}

// The norm of every filter of the second convolution is within its limit, which stock `fit` would ignore.
const kernel = model.layers.filter((layer) => layer.getClassName() === 'Conv2D')[1]?.getWeights()[0];
if (kernel === undefined) throw new Error('the model has no second convolution');
const largest = tf.tidy(() => tf.max(tf.norm(tf.reshape(kernel, [-1, 16]), 2, 0)).dataSync()[0] ?? 0);
console.log(`largest norm of a filter: ${largest.toFixed(3)}, limit ${LIMIT}`);
