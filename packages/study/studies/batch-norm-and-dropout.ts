import { defineStudy } from '../src/study/study.ts';

/** Batch normalization, dropout, and both in either order. */
export const batchNormAndDropout = defineStudy({
  name: 'batch-norm-and-dropout',
  title: 'Batch normalization and dropout, and their order',
  description:
    'Do batch normalization and dropout help each other? Ioffe & Szegedy (2015) found that a normalized network needs less dropout. Dropout before a normalization changes the variance that it sees in training, but not at test time, which Li et al. (2019) find to be why the two together are worse; after all normalizations of a block it does no such harm.',
  config: {
    model: { preset: 'vgg', convolutions: 1 },
    limitTrain: 10_000,
    batchSize: 125,
    epochs: 30,
  },
  arms: {
    none: { title: 'neither' },
    dropout: {
      title: 'dropout',
      changes: { model: { preset: 'vgg', dropout: { rate: 0.25 } } },
    },
    'batch-norm': {
      title: 'batch normalization',
      changes: { model: { preset: 'vgg', batchNormalization: 'before_activation' } },
    },
    after: {
      title: 'dropout after each block',
      changes: {
        model: { preset: 'vgg', batchNormalization: 'before_activation', dropout: { rate: 0.25 } },
      },
    },
    before: {
      title: 'dropout before each normalization',
      changes: {
        model: {
          preset: 'vgg',
          batchNormalization: 'before_activation',
          dropout: { rate: 0.25, position: 'before_normalization' },
        },
      },
    },
  },
  comparisons: [
    { title: 'Dropout without batch normalization', arms: ['dropout', 'none'] },
    { title: 'Batch normalization without dropout', arms: ['batch-norm', 'none'] },
    { title: 'Dropout besides batch normalization', arms: ['after', 'batch-norm'] },
    { title: 'Dropout after and before the normalization', arms: ['after', 'before'] },
  ],
  seeds: [0, 1, 2],
});
