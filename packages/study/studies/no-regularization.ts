import { defineStudy } from '../src/study/study.ts';

/** The tutorial's "no dropout", read both ways: it does not say whether max-norm stays. */
export const noRegularization = defineStudy({
  name: 'no-regularization',
  title: 'Without dropout, with and without max-norm',
  description:
    'The tutorial does not say whether its model without dropout keeps max-norm. Here are both, beside the one with dropout.',
  arms: {
    dropout: { title: 'dropout and max-norm' },
    'no-dropout': { title: 'max-norm only', changes: { model: { dropout: { rate: 0 } } } },
    'no-regularization': { title: 'neither', changes: { model: { dropout: { rate: 0 }, maxNorm: null } } },
  },
  comparisons: [
    { title: 'Max-norm alone and neither', arms: ['no-dropout', 'no-regularization'] },
    { title: 'Both and neither', arms: ['dropout', 'no-regularization'] },
  ],
});
