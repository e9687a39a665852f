import { batchNormAndDropout } from '../../studies/batch-norm-and-dropout.ts';
import { dropoutAndData } from '../../studies/dropout-and-data.ts';
import { dropoutRate } from '../../studies/dropout-rate.ts';
import { dropoutRateByLayer } from '../../studies/dropout-rate-by-layer.ts';
import { dropoutWhen } from '../../studies/dropout-when.ts';
import { maxNormAxis } from '../../studies/max-norm-axis.ts';
import { mcDropout } from '../../studies/mc-dropout.ts';
import { noRegularization } from '../../studies/no-regularization.ts';
import { regularizers } from '../../studies/regularizers.ts';
import { srivastava } from '../../studies/srivastava.ts';
import { srivastava2014 } from '../../studies/srivastava-2014.ts';
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
  regularizers,
  batchNormAndDropout,
  dropoutWhen,
  dropoutRateByLayer,
  dropoutAndData,
  srivastava2014,
  mcDropout,
];
