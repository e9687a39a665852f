export {
  createNumberedRunDirectory,
  createRunDirectory,
  openRunDirectory,
  type ResumeOptions,
  type RunDirectory,
  type RunReader,
  resumeRunDirectory,
} from './run-directory.ts';
export { loadRunDirectory, saveRunDirectory } from './whole-run.ts';
