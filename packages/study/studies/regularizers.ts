import type { RunConfigInput } from '@dropout-lab/contracts';
import { defineStudy } from '../src/study/study.ts';

const arms: Readonly<Record<string, { readonly title: string; readonly changes?: RunConfigInput }>> = {
  none: { title: 'no regularizer' },
  l2: {
    title: 'L2 penalty',
    changes: { model: { preset: 'vgg', kernelRegularizer: { name: 'l2', l2: 0.0005 } } },
  },
  'max-norm': {
    title: 'max-norm',
    changes: {
      model: { preset: 'vgg', kernelConstraint: { name: 'max_norm', maxValue: 2, axis: [0, 1, 2] } },
    },
  },
  dropout: {
    title: 'dropout',
    changes: { model: { preset: 'vgg', dropout: { rate: 0.25, denseRate: 0.5 } } },
  },
  spatial: {
    title: 'spatial dropout',
    changes: {
      model: { preset: 'vgg', dropout: { kind: 'spatial_dropout2d', rate: 0.25, denseRate: 0.5 } },
    },
  },
  gaussian: {
    title: 'Gaussian dropout',
    changes: {
      model: { preset: 'vgg', dropout: { kind: 'gaussian_dropout', rate: 0.25, denseRate: 0.5 } },
    },
  },
  dropconnect: {
    title: 'DropConnect',
    changes: { model: { preset: 'vgg', dropConnect: 0.25 } },
  },
  'batch-norm': {
    title: 'batch normalization',
    changes: { model: { preset: 'vgg', batchNormalization: 'before_activation' } },
  },
  'label-smoothing': { title: 'label smoothing', changes: { loss: { labelSmoothing: 0.1 } } },
  augmentation: { title: 'mirror and crop', changes: { augmentation: { flip: true, crop: 2 } } },
  cutout: { title: 'cutout', changes: { augmentation: { cutout: 12 } } },
  mixup: { title: 'mixup', changes: { augmentation: { mixup: 0.2 } } },
};

/** Every regularizer that people set beside dropout, on one network and with the same seeds. */
export const regularizers = defineStudy({
  name: 'regularizers',
  title: 'Dropout beside other regularizers',
  description:
    'Which regularizer helps a small network most where 8,000 images are easily learned by heart? Each is set alone, at a usual strength, on the same network; no arm is tuned. Li et al. (2019) find little use for dropout beside batch normalization, and Müller et al. (2019) that label smoothing calibrates a network.',
  config: {
    model: { preset: 'vgg', convolutions: 1 },
    limitTrain: 10_000,
    batchSize: 125,
    epochs: 30,
  },
  arms,
  comparisons: Object.entries(arms)
    .filter(([name]) => name !== 'none')
    .map(([name, { title }]) => ({
      title: `${title[0]!.toUpperCase()}${title.slice(1)} and no regularizer`,
      arms: [name, 'none'] as [string, string],
    })),
  seeds: [0, 1, 2],
});
