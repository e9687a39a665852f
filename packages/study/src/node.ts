export {
  findRun,
  isNamedByConfig,
  readRecordedStudy,
  readStudyRun,
  readStudyRuns,
  recordStudy,
  runPath,
  withPredictions,
} from './store/run-store.ts';
export { type LoadedStudy, type LoadStudyOptions, loadStudy } from './study/load-study.ts';
