import { defineStudy } from '../src/study/study.ts';

/** Models of several rates, to ask with `dropout-lab evaluate --mc` how sure they are. */
export const mcDropout = defineStudy({
  name: 'mc-dropout',
  title: 'Monte Carlo dropout: how sure is the model?',
  description:
    'Gal & Ghahramani (2016) average predictions with dropout on, whose spread says how sure the model is, and whose likelihood is better than with dropout off. Does that depend on the rate? Run `dropout-lab evaluate RUN --mc 30` on a run of each arm: it prints accuracy, NLL, ECE and Brier score of both.',
  config: { limitTrain: 10_000, batchSize: 125, epochs: 30 },
  arms: {
    'rate-0.1': { title: 'rate 0.1', changes: { model: { dropout: { rate: 0.1 } } } },
    'rate-0.3': { title: 'rate 0.3', changes: { model: { dropout: { rate: 0.3 } } } },
    'rate-0.5': { title: 'rate 0.5' },
  },
  comparisons: [
    { title: 'Rates 0.5 and 0.1', arms: ['rate-0.5', 'rate-0.1'] },
    { title: 'Rates 0.3 and 0.1', arms: ['rate-0.3', 'rate-0.1'] },
  ],
  seeds: [0, 1, 2],
});
