export {
  type EvaluateImagesOptions,
  evaluateImages,
  type ImagesEvaluation,
  viewsOf,
} from './evaluate-images.ts';
export { initializeRun } from './initialize-run.ts';
export { type ReplicaStarter, replicaStarter, workersFor } from './replica-starter.ts';
export { type ExperimentOptions, type OpenedRun, type PreparedRun, runExperiment } from './run-experiment.ts';
