import type { EvaluationReport, Predictions, RunManifest } from '@dropout-lab/contracts';
import type { EpochRow, EventGaps } from '@dropout-lab/runs';
import type { PlannedRun } from '../study/plan.ts';

/**
 * How far a run has come. `finished`: trained and evaluated; `diverged`: its loss became NaN, which it would again;
 * `running`: a living process writes it; `stopped`: begun, to be resumed; `missing`: not begun.
 */
export type RunState = 'finished' | 'diverged' | 'running' | 'stopped' | 'missing';

/** A run of a study with all that the report needs of it. */
export interface StudyRun extends PlannedRun {
  readonly state: RunState;
  /** Its folder, which need not exist yet. */
  readonly path: string;
  readonly history: readonly EpochRow[];
  /** Lines of its events that were lost; undefined when none were. */
  readonly gaps?: EventGaps | undefined;
  /** Undefined while the run is missing. */
  readonly manifest: RunManifest | undefined;
  /** On the test images; of finished runs. */
  readonly evaluation: EvaluationReport | undefined;
  /** Its model's answer to each image; where they were kept, and have been read by `withPredictions`. */
  readonly predictions?: Predictions | undefined;
}
