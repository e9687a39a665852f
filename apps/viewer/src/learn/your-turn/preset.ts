import { parseRunConfig, type RunConfig } from '@dropout-lab/contracts';

/** The rates to cure with, and the one that is proposed. */
export const RATES = { least: 0.1, most: 0.8, proposed: 0.4 } as const;

/**
 * A network that is large for its few pictures: a fifth of 1,000 drawn shapes to learn, the others to measure, so that a
 * difference of a few points is more than chance.
 */
export const configAtRate = (rate: number): RunConfig =>
  parseRunConfig({
    dataset: 'shapes',
    model: { filters: [16, 32], units: [64], dropout: { rate } },
    batchSize: 10,
    epochs: 40,
    limitTrain: 1000,
    validationSplit: 0.8,
    limitTest: 100,
  });
