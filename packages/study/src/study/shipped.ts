import { dropoutRate } from '../../studies/dropout-rate.ts';
import { maxNormAxis } from '../../studies/max-norm-axis.ts';
import { noRegularization } from '../../studies/no-regularization.ts';
import { srivastava } from '../../studies/srivastava.ts';
import { tutorial } from '../../studies/tutorial.ts';
import { tutorialSeeds } from '../../studies/tutorial-seeds.ts';
import type { StudyInput } from './study.ts';

/** The studies that come with dropout-lab. */
export const shippedStudies: readonly StudyInput[] = [
  tutorial,
  tutorialSeeds,
  noRegularization,
  maxNormAxis,
  dropoutRate,
  srivastava,
];
