import { availableParallelism } from 'node:os';
import { epochsOf } from '@dropout-lab/contracts';
import type { StudyArm, StudyRun } from '@dropout-lab/study';
import { duration } from '../command/format.ts';
import type { Reporter } from '../command/reporter.ts';
import { table } from '../command/table.ts';
import type { RunOptions } from '../train/open-run.ts';
import { inOwnProcess } from './run-task.ts';

/** A study's runs, and what is left of them to do. */
export interface StudyPlan {
  readonly runs: readonly StudyRun[];
  /** Neither finished nor being written by another process. */
  readonly todo: readonly StudyRun[];
}

export const planOf = (runs: readonly StudyRun[]): StudyPlan => ({
  runs,
  todo: runs.filter(({ state }) => state === 'missing' || state === 'stopped'),
});

/** Returns the share of the machine for each of `jobs` runs at once. */
export const shareOfMachine = (jobs: number): { cores?: number } =>
  jobs === 1 ? {} : { cores: Math.max(1, Math.floor(availableParallelism() / jobs)) };

/** Seconds that an epoch takes, by arm; without arms that could not be measured. */
export type EpochSeconds = Map<string, number>;

/** Measures an epoch of each arm that has runs left to do. */
export const measureArms = async (
  { todo }: StudyPlan,
  options: RunOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<EpochSeconds> => {
  const arms = distinctArms(todo);
  const result = await inOwnProcess(
    { kind: 'measure', configs: arms.map(({ config }) => config), options },
    { onProgress: (text) => reporter.progress(text), signal },
  );
  signal.throwIfAborted();
  if (result.kind !== 'measured') throw new Error(`expected measurements, received ${result.kind}`);
  reporter.line(`Backend: ${result.backend}`);
  const measured = arms.map(({ name }, i) => [name, result.epochSeconds[i]!] as const);
  return new Map(measured.filter(([, seconds]) => Number.isFinite(seconds)));
};

const distinctArms = (runs: readonly StudyRun[]): StudyArm[] => [...new Set(runs.map(({ arm }) => arm))];

/** The work that a run still is. */
export interface RunRest {
  readonly arm: string;
  readonly epochs: number;
}

export const restOf = ({ arm, config, history }: StudyRun): RunRest => ({
  arm: arm.name,
  epochs: epochsOf(config) - history.length,
});

/** Returns the seconds that runs still take when `jobs` of them run at once. */
export const secondsLeft = (rest: readonly RunRest[], epochSeconds: EpochSeconds, jobs: number): number =>
  rest.reduce((sum, { arm, epochs }) => sum + epochs * (epochSeconds.get(arm) ?? 0), 0) /
  Math.max(1, Math.min(jobs, rest.length));

/** The plan as lines: a row for each arm, and what it all takes. */
export const planLines = ({ runs, todo }: StudyPlan, epochSeconds: EpochSeconds, jobs: number): string[] => {
  const arms = distinctArms(runs);
  const rows = arms.map((arm) => {
    const ofArm = runs.filter((run) => run.arm === arm);
    const left = todo.filter((run) => run.arm === arm);
    const perEpoch = epochSeconds.get(arm.name);
    return [
      arm.name,
      `${ofArm.length}`,
      `${ofArm.filter(({ state }) => state === 'finished' || state === 'diverged').length}`,
      `${epochsOf(arm.config)}`,
      perEpoch === undefined ? '' : `${perEpoch.toFixed(1)}s`,
      perEpoch === undefined ? '' : duration(secondsLeft(left.map(restOf), epochSeconds, 1)),
    ];
  });
  const time = `about ${duration(secondsLeft(todo.map(restOf), epochSeconds, jobs))}${jobs > 1 ? `, ${jobs} at once` : ''}`;
  return [
    ...table(['arm', 'runs', 'finished', 'epochs', 's/epoch', 'left'], rows),
    `${todo.length} of ${runs.length} runs to do: ${time}, by a few measured steps of each arm`,
  ];
};
