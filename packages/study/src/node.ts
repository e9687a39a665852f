export { type LoadedStudy, type LoadStudyOptions, loadStudy } from './load-study.ts';
export { reportFiles, writeReport } from './report/write-report.ts';
export {
  findRun,
  readRecordedStudy,
  readStudyRun,
  readStudyRuns,
  recordStudy,
  runPath,
} from './run-store.ts';
