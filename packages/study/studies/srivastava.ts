import { defineStudy } from '../src/study/study.ts';

/**
 * The recipe of Srivastava et al. 2014, "Dropout: A Simple Way to Prevent Neural Networks from Overfitting",
 * appendix A: dropout with max-norm over all incoming weights, a high learning rate that decays, and high
 * momentum. The network stays the tutorial's.
 */
export const srivastava = defineStudy({
  name: 'srivastava',
  title: 'The recipe of the dropout paper',
  description:
    'Srivastava et al. (2014) train with high momentum, a high learning rate that decays, max-norm over all incoming weights, and dropout on the input too. Here on the tutorial’s network, beside the tutorial’s own settings.',
  config: {
    model: {
      dropout: { rate: 0.5, inputRate: 0.1 },
      maxNorm: { value: 4, axis: [0, 1, 2] },
    },
    optimizer: { name: 'sgd', learningRate: 0.02, momentum: 0.95 },
    // Some nine epochs of 160 steps to a half: 0.02 becomes 0.0003 by the end.
    schedule: { name: 'exponential_decay', decaySteps: 1440, decayRate: 0.5 },
  },
  arms: {
    srivastava: { title: 'the paper’s recipe' },
    'no-dropout': {
      title: 'the same without dropout',
      changes: { model: { dropout: { rate: 0, inputRate: 0 } } },
    },
    tutorial: {
      title: 'the tutorial’s settings',
      changes: {
        model: { dropout: { inputRate: 0 }, maxNorm: { value: 2, axis: 0 } },
        optimizer: { name: 'adam' },
        schedule: { name: 'constant' },
      },
    },
  },
  comparisons: [
    { title: 'The recipe with and without dropout', arms: ['srivastava', 'no-dropout'] },
    { title: 'The paper’s recipe and the tutorial’s settings', arms: ['srivastava', 'tutorial'] },
  ],
});
