import type { Predictions } from '@dropout-lab/contracts';
import { mean } from '@dropout-lab/metrics';
import {
  type ComparedArm,
  type ComparedModel,
  compareArms,
  corrected,
  formatPercent,
  verdictParts,
} from '@dropout-lab/study';
import { counted } from '../format.ts';
import type { Summary } from './summary.ts';

/** An arm to compare: its name on the page, and its runs. */
export interface ArmRuns {
  readonly label: string;
  readonly runs: readonly Summary[];
}

/** More arms would make a page of sentences. */
export const MOST_COMPARED_ARMS = 4;

/**
 * Returns what a comparison of arms says, by the function that the report has its verdicts from: of two arms a sentence, of
 * up to four one for each but the best, with what it leaves open; at the end what all of them do. While a run trains, all are compared as they were after
 * as many epochs. Empty for fewer than two arms, or more than four.
 *
 * @param answers What models answered to each image, by the names of runs; without them accuracies are compared.
 */
export const verdictsOfArms = (
  arms: readonly ArmRuns[],
  answers: ReadonlyMap<string, Predictions> = new Map(),
): string[] => {
  if (arms.length < 2 || arms.length > MOST_COMPARED_ARMS) return [];
  const shown = arms.flatMap(({ runs }) => runs);
  const epochs = shown.some(isUnfinished) ? Math.min(...shown.map((run) => run.epochs)) : undefined;
  if (epochs === 0) return [];
  const [best, ...others] = arms
    .map(({ label, runs }) => comparedArmOf(label, runs, answers, epochs))
    .sort((a, b) => accuracyOf(b) - accuracyOf(a));
  const parts = corrected(others.map((other) => compareArms(best!, other))).map(verdictParts);
  const soFar = epochs === undefined ? '' : `So far, after ${counted(epochs, 'epoch')}: `;
  const isShared = (caveat: string): boolean => parts.every(({ caveats }) => caveats.includes(caveat));
  return [
    ...parts.map(({ finding, caveats }) =>
      [`${soFar}${finding}`, ...caveats.filter((caveat) => !isShared(caveat))].join(' '),
    ),
    ...parts[0]!.caveats.filter(isShared),
  ];
};

/**
 * Returns, of arms too many to be compared pair by pair, which has the highest accuracy and which the lowest: on the test
 * images where all have been tested, else on the validation images after their last epoch. Empty where none was measured.
 */
export const rankingOf = (arms: readonly ArmRuns[]): string[] => {
  const isTested = arms.every(({ runs }) => runs.some(({ test }) => test !== undefined));
  const accuracy = ({ test, last }: Summary) => (isTested ? test?.accuracy : last?.val_accuracy);
  const measured = arms.flatMap(({ label, runs }) => {
    const all = runs.flatMap((run) => accuracy(run) ?? []).filter(Number.isFinite);
    return all.length === 0 ? [] : [{ label, mean: mean(all), isMean: all.length > 1 }];
  });
  const [highest, ...others] = measured.sort((a, b) => b.mean - a.mean);
  const lowest = others.at(-1);
  if (!highest || !lowest) return [];
  const what = `${isTested ? 'test' : 'validation'} accuracy`;
  const soFar = arms.some(({ runs }) => runs.some(isUnfinished)) ? 'So far, of' : 'Of';
  const average = measured.some(({ isMean }) => isMean) ? ' on average' : '';
  return [
    `${soFar} ${counted(measured.length, 'arm')} “${highest.label}” has the highest ${what}, ${formatPercent(highest.mean)}${average}, and “${lowest.label}” the lowest, ${formatPercent(lowest.mean)}.`,
  ];
};

const isUnfinished = ({ status }: Summary): boolean =>
  status === 'running' || status === 'paused' || status === 'waiting';

const comparedArmOf = (
  title: string,
  runs: readonly Summary[],
  answers: ReadonlyMap<string, Predictions>,
  epochs: number | undefined,
): ComparedArm => {
  const models = new Map<number, ComparedModel>();
  // Of several runs with one seed the last.
  for (const run of runs) {
    if (run.status === 'diverged') continue;
    const { config, data } = run.run.manifest;
    const row = epochs === undefined ? run.last : run.history.find(({ epoch }) => epoch === epochs);
    const accuracy = {
      validation: row?.val_accuracy,
      test: epochs === undefined ? run.test?.accuracy : undefined,
    };
    if (accuracy.validation === undefined && accuracy.test === undefined) continue;
    const kept = epochs === undefined ? answers.get(run.name) : undefined;
    models.set(config.seed, { seed: config.seed, data, accuracy, answers: kept });
  }
  const diverged = runs.filter(({ status }) => status === 'diverged').length;
  return { title, models: [...models.values()], diverged };
};

/** Below all others where it has none. */
const accuracyOf = ({ models }: ComparedArm): number => {
  const all = models.map(({ accuracy }) => accuracy.test ?? accuracy.validation ?? 0);
  return all.length === 0 ? -1 : mean(all);
};
