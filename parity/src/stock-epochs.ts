/**
 * `node stock-epochs.js EPOCHS`: the tutorial's run on tfjs-node with nothing but stock TensorFlow.js, `model.fit`
 * included; prints the seconds of each epoch, validation included, as a line of JSON. What stock TensorFlow.js
 * leaves out, max-norm above all, is left out.
 */
import { startBackend } from '@dropout-lab/backend/node';
import { CIFAR10 } from '@dropout-lab/cifar';
import { loadCifar } from '@dropout-lab/cifar/node';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';

const epochs = Number(process.argv[2]);
const { train } = await loadCifar(CIFAR10, {});
// Starting the backend replaces the gradient of ReLU by a quicker one: not here.
const stockRelu = tf.getGradient('Relu');
await startBackend('node');
tf.registerGradient(stockRelu);

const relu = { activation: 'relu', kernelInitializer: 'heUniform' } as const;
const model = sequential({
  layers: [
    layers.conv2d({ ...relu, inputShape: [32, 32, 3], filters: 64, kernelSize: 3 }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.dropout({ rate: 0.5 }),
    layers.conv2d({ ...relu, filters: 64, kernelSize: 3 }),
    layers.maxPooling2d({ poolSize: 2 }),
    layers.dropout({ rate: 0.5 }),
    layers.flatten(),
    layers.dense({ ...relu, units: 256 }),
    layers.dense({ units: 10, activation: 'softmax' }),
  ],
});
model.compile({ optimizer: tf.train.adam(), loss: 'categoricalCrossentropy', metrics: ['accuracy'] });

const images = tf.tidy(() =>
  tf.div(tf.tensor4d(train.images, [train.labels.length, 32, 32, 3], 'float32'), 255),
);
const labels = tf.tidy(() => tf.cast(tf.oneHot(tf.tensor1d(train.labels, 'int32'), 10), 'float32'));
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
