// Trains a small version of the tutorial's network on the 250 images that come with @dropout-lab/cifar, and evaluates
// it on 100 images that it has not seen. The tutorial in docs/tutorial.md trains on all 50,000.
import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import { parseRunConfig } from '@dropout-lab/contracts';
import { createBatches, splitLast } from '@dropout-lab/data';
import { evaluateLogits } from '@dropout-lab/metrics';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { fold, randomKey } from '@dropout-lab/random';
import { createReplica, predictLogits, train } from '@dropout-lab/training';

console.log((await startBackend('auto')).reason);

// Whatever is left out is the tutorial's: Adam, max-norm 2, the last fifth for validation.
const config = parseRunConfig({
  model: { filters: [16, 16], units: [64], dropout: { rate: 0.25 } },
  optimizer: { name: 'adam', learningRate: 0.003 },
  batchSize: 25,
  epochs: 12,
  seed: 1,
});

const sample = loadSample();
const { batchSize, validationSplit, seed } = config;
const parts = splitLast(sample.train, validationSplit);
const model = buildModel(modelSpecOf(config), seed);

const events = train({
  model,
  config,
  train: createBatches(parts.train, { batchSize, shuffle: fold(randomKey(seed), 'shuffle') }),
  validation: createBatches(parts.validation, { batchSize }),
});
for await (const event of events) {
  if (event.kind !== 'epoch') continue;
  const { loss, accuracy = Number.NaN, val_accuracy = Number.NaN } = event.logs;
  console.log(
    `epoch ${event.epoch}: loss ${loss.toFixed(3)}, accuracy ${accuracy.toFixed(3)}, val_accuracy ${val_accuracy.toFixed(3)}`,
  );
}

const { logits, labels } = await predictLogits(
  createReplica(model),
  createBatches(sample.test, { batchSize }),
);
const report = evaluateLogits(logits, labels, sample.test.classNames);
console.log(
  `test accuracy ${report.accuracy.toFixed(3)}, calibration error ${report.expectedCalibrationError.toFixed(3)}`,
);
