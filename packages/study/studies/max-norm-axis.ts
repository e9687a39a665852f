import { defineStudy } from '../src/study/study.ts';

/** Which weights a norm is taken over. */
export const maxNormAxis = defineStudy({
  name: 'max-norm-axis',
  title: 'The axes of max-norm',
  description:
    'Keras’s default, axis 0, sums a convolution kernel’s squares over its height only, and so hardly ever limits it; its documentation advises [0, 1, 2] for Conv2D, all incoming weights of a filter, as Srivastava et al. (2014) mean it.',
  arms: {
    'axis-0': { title: 'axis 0' },
    'axis-0-1-2': { title: 'axes 0, 1, 2', changes: { model: { maxNorm: { axis: [0, 1, 2] } } } },
    none: { title: 'no max-norm', changes: { model: { maxNorm: null } } },
  },
  comparisons: [
    { title: 'Axes 0, 1, 2 and axis 0', arms: ['axis-0-1-2', 'axis-0'] },
    { title: 'Axes 0, 1, 2 and no max-norm', arms: ['axis-0-1-2', 'none'] },
  ],
});
