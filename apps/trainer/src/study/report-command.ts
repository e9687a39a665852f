import { join } from 'node:path';
import { gapsInWords } from '@dropout-lab/runs';
import { planRuns, type StudyRun } from '@dropout-lab/study';
import { type LoadStudyOptions, loadStudy, readStudyRuns, withPredictions } from '@dropout-lab/study/node';
import { MOST_GALLERIES, reportFiles, requireReportPlace, writeReport } from '@dropout-lab/study/report';
import type { Reporter } from '../command/reporter.ts';
import { type GalleryOptions, galleriesOf } from './gallery.ts';
import { REPORTS_FOLDER, requireStore } from './store.ts';

export interface ReportOptions extends LoadStudyOptions, GalleryOptions {
  /** Folder of the report; `reports/<study>` when left out. */
  readonly output?: string;
}

/** `dropout-lab report`: writes the report of a study's finished runs. @returns The exit code. */
export const reportCommand = async (
  nameOrFile: string,
  options: ReportOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const { study } = await loadStudy(nameOrFile, options);
  await requireStore(options.store);
  const folder = options.output ?? join(REPORTS_FOLDER, study.name);
  await requireReportPlace(folder);
  const runs = await readStudyRuns(options.store, planRuns(study));
  const unfinished = runs.filter(({ state }) => state !== 'finished');
  for (const { arm, seed, state } of unfinished) {
    reporter.line(`Not in the report: ${arm.name}, seed ${seed} (${state})`);
  }
  for (const { arm, seed, gaps } of runs) {
    if (gaps) reporter.line(`${arm.name}, seed ${seed}: ${gapsInWords(gaps)}`);
  }
  const shown = study.arms.length > MOST_GALLERIES ? [] : firstFinished(runs);
  const galleries = await galleriesOf(shown, options, reporter, signal);
  await writeReport(folder, study, await withPredictions(runs), galleries);
  reporter.line(`Report of ${runs.length - unfinished.length} runs: ${join(folder, reportFiles.html)}`);
  return 0;
};

/** Of each arm the first run that is finished. */
const firstFinished = (runs: readonly StudyRun[]): StudyRun[] => {
  const finished = runs.filter(({ state }) => state === 'finished');
  return finished.filter((run) => finished.find(({ arm }) => arm === run.arm) === run);
};
