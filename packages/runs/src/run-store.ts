import type {
  CheckpointName,
  EvaluationReport,
  Predictions,
  RunEvent,
  RunManifest,
} from '@dropout-lab/contracts';
import type { Checkpoint } from './checkpoints/checkpoint-format.ts';

/** The place where a run is kept during training: a run directory, or memory. */
export interface RunStore {
  /** The run's manifest. */
  readonly manifest: RunManifest;
  /** Keeps an event, after those before it. */
  append(event: RunEvent): void;
  /** Keeps a checkpoint in place of the one of this name before. */
  saveCheckpoint(name: CheckpointName, checkpoint: Checkpoint): Promise<void>;
  /** Keeps the trained model's metrics on the test images. */
  writeEvaluation(report: EvaluationReport): Promise<void>;
  /** Keeps the trained model's predictions of the test images. */
  writePredictions(predictions: Predictions): Promise<void>;
  /** Waits for what is on its way; nothing is kept afterwards. */
  close(): Promise<void>;
}
