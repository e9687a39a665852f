import type { RunConfig } from '@dropout-lab/contracts';
import type { Study, StudyArm } from './study.ts';

/** One run of a study: an arm with a seed. */
export interface PlannedRun {
  readonly arm: StudyArm;
  readonly seed: number;
  /** The arm's, with the seed. */
  readonly config: RunConfig;
}

/** Every run of a study, seed by seed: all arms of the first seed come first, so that a study can be read early. */
export const planRuns = ({ arms, seeds }: Study): PlannedRun[] =>
  seeds.flatMap((seed) => arms.map((arm) => ({ arm, seed, config: { ...arm.config, seed } })));
