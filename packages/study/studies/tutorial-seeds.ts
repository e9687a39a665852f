import { defineStudy } from '../src/study/study.ts';
import { tutorial } from './tutorial.ts';

const { reference: _, ...rest } = tutorial;

/** The tutorial's comparisons, short enough to train with six seeds. */
export const tutorialSeeds = defineStudy({
  ...rest,
  name: 'tutorial-seeds',
  title: 'The tutorial’s comparisons over six seeds, short',
  description:
    'The arms of the study “tutorial” on the first 10,000 training images (8,000 to train on, 2,000 for validation), 15 epochs, six seeds: enough for intervals, in a fraction of the time. What dropout is worth depends on how long and on how much one trains, so its numbers are not the tutorial’s.',
  config: { epochs: 15, limitTrain: 10_000 },
  seeds: [0, 1, 2, 3, 4, 5],
});
