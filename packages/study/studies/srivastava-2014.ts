import { defineStudy } from '../src/study/study.ts';

/** The network and the recipe with which Srivastava et al. 2014 trained on CIFAR-10. */
export const srivastava2014 = defineStudy({
  name: 'srivastava-2014',
  title: 'The network of the dropout paper',
  description:
    'The ConvNet of Srivastava et al. (2014, appendix B.2): 96, 128 and 256 filters of 5 by 5, two dense layers of 2,048 units, dropout everywhere, max-norm and momentum .95. The paper reports an error of 12.61% with dropout in all layers, 14.32% with dropout in the dense layers alone, and quotes 15.60% for a network without, after days on a graphics processor and with preprocessed images. 10 epochs are far from that: networks with dropout learn more slowly, and may still be behind.',
  config: {
    model: { preset: 'srivastava' },
    optimizer: { name: 'sgd', learningRate: 0.01, momentum: 0.95 },
    batchSize: 128,
    epochs: 10,
  },
  arms: {
    all: { title: 'dropout in all layers' },
    dense: {
      title: 'dropout in the dense layers',
      changes: { model: { preset: 'srivastava', dropout: { rates: [0, 0, 0, 0.5, 0.5, 0.5] } } },
    },
    none: {
      title: 'no dropout',
      changes: { model: { preset: 'srivastava', dropout: { rates: [] } } },
    },
  },
  comparisons: [
    { title: 'Dropout in all layers and in none', arms: ['all', 'none'] },
    { title: 'Dropout in all layers and in the dense ones', arms: ['all', 'dense'] },
  ],
});
