export { type LoadedStudy, type LoadStudyOptions, loadStudy } from './load-study.ts';
export { reportFiles, writeReport } from './report/write-report.ts';
export {
  configDigest,
  readRecordedStudy,
  readStudyRun,
  readStudyRuns,
  recordStudy,
  runPath,
} from './run-store.ts';
