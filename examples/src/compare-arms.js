// Does dropout help? Trains two arms with the same seeds and compares them pair by pair: the mean difference, its
// bootstrap interval and an exact test. On 250 images and in eight epochs dropout does not help: there is no overfitting
// yet.
import { startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import { parseRunConfig } from '@dropout-lab/contracts';
import { createBatches, splitStratified } from '@dropout-lab/data';
import { comparePairs } from '@dropout-lab/metrics';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { fold, randomKey } from '@dropout-lab/random';
import { createReplica, evaluate, train } from '@dropout-lab/training';

console.log((await startBackend('auto')).reason);

const seeds = [1, 2, 3, 4, 5, 6];
const { train: training, validation } = splitStratified(loadSample().train, 0.2, randomKey(0));

/** @param {number} rate @param {number} seed @returns The validation accuracy of one run. */
const accuracyOf = async (rate, seed) => {
  const config = parseRunConfig({
    model: { filters: [8, 8], units: [32], dropout: { rate } },
    optimizer: { name: 'adam', learningRate: 0.003 },
    epochs: 8,
    seed,
  });
  const model = buildModel(modelSpecOf(config), seed);
  const batches = createBatches(training, { batchSize: 25, shuffle: fold(randomKey(seed), 'shuffle') });
  // The loop only has to reach the last event.
  for await (const _ of train({ model, config, train: batches }));
  const { accuracy = Number.NaN } = await evaluate(
    createReplica(model),
    createBatches(validation, { batchSize: 50 }),
  );
  model.dispose();
  return accuracy;
};

/** @type {number[]} */
const withDropout = [];
/** @type {number[]} */
const without = [];
for (const seed of seeds) {
  withDropout.push(await accuracyOf(0.25, seed));
  without.push(await accuracyOf(0, seed));
  console.log(
    `seed ${seed}: ${withDropout.at(-1)?.toFixed(3)} with dropout, ${without.at(-1)?.toFixed(3)} without`,
  );
}

const { meanDifference, interval, pValue } = comparePairs(withDropout, without, { key: randomKey(0) });
const [difference, lower, upper] = [meanDifference, interval.lower, interval.upper].map((x) => x.toFixed(3));
console.log(`dropout minus none: ${difference}, 95% interval ${lower} to ${upper}, p = ${pValue.toFixed(3)}`);
