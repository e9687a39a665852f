export { type CheckpointPlace, findCheckpoint } from './checkpoints/checkpoint-store.ts';
export { isLocked } from './files/lock.ts';
export {
  createNumberedRunDirectory,
  createRunDirectory,
  openRunDirectory,
  type ResumeOptions,
  type RunDirectory,
  type RunReader,
  requireFreePlace,
  resumeRunDirectory,
} from './run-directory.ts';
export { loadRunDirectory, saveRunDirectory } from './whole-run.ts';
