import type { CheckpointName } from '@dropout-lab/contracts';

/** Names inside a run directory. */
export const runFiles = {
  manifest: 'run.json',
  events: 'events.jsonl',
  evaluation: 'evaluation.json',
  predictions: 'predictions.json',
  history: 'history.csv',
  checkpoints: 'checkpoints',
  lock: 'run.lock',
} as const;

/** Names inside a checkpoint's folder. The first two are the stock tfjs-layers format. */
export const checkpointFiles = {
  model: 'model.json',
  weights: 'weights.bin',
  optimizer: 'optimizer.bin',
  state: 'state.json',
} as const;

export const checkpointNames: readonly CheckpointName[] = ['last', 'best'];
