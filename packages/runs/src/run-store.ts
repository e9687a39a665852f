import type {
  CheckpointName,
  EvaluationReport,
  Predictions,
  RunEvent,
  RunManifest,
} from '@dropout-lab/contracts';
import type { Checkpoint } from './checkpoints/checkpoint-format.ts';

/** Where a run is kept while it goes on: a run directory, or memory. */
export interface RunStore {
  /** What the run is. */
  readonly manifest: RunManifest;
  /** Keeps an event, after those before it. */
  append(event: RunEvent): void;
  /** Keeps a checkpoint in place of the one of this name before. */
  saveCheckpoint(name: CheckpointName, checkpoint: Checkpoint): Promise<void>;
  /** Keeps the trained model's figures on the test images. */
  writeEvaluation(report: EvaluationReport): Promise<void>;
  /** Keeps the trained model's predictions of the test images. */
  writePredictions(predictions: Predictions): Promise<void>;
  /** Waits for what is on its way; nothing is kept afterwards. */
  close(): Promise<void>;
}
