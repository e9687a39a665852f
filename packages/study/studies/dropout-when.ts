import { defineStudy } from '../src/study/study.ts';

/** Dropout at the beginning of training, at its end, growing, and always. */
export const dropoutWhen = defineStudy({
  name: 'dropout-when',
  title: 'When to drop out: early, late, always',
  description:
    'Does dropout have to be on for the whole training? Liu et al. (2023) found that dropout in the first part alone reduces underfitting, and in the last part alone overfitting; Morerio et al. (2017) let its rate grow as a curriculum.',
  config: { limitTrain: 10_000, batchSize: 125, epochs: 30 },
  arms: {
    always: { title: 'always' },
    never: { title: 'never', changes: { model: { dropout: { rate: 0 } } } },
    early: {
      title: 'in the first half',
      changes: { dropoutSchedule: { name: 'early', fraction: 0.5 } },
    },
    late: {
      title: 'in the second half',
      changes: { dropoutSchedule: { name: 'late', fraction: 0.5 } },
    },
    curriculum: { title: 'growing', changes: { dropoutSchedule: { name: 'curriculum' } } },
  },
  comparisons: [
    { title: 'Always and never', arms: ['always', 'never'] },
    { title: 'Early and always', arms: ['early', 'always'] },
    { title: 'Late and always', arms: ['late', 'always'] },
    { title: 'A growing rate and a constant one', arms: ['curriculum', 'always'] },
  ],
  seeds: [0, 1, 2],
});
