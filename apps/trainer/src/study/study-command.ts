import { ConfigError, epochsOf, type RunEvent } from '@dropout-lab/contracts';
import { gapsInWords } from '@dropout-lab/runs';
import { planRuns, type Study, type StudyRun, shippedStudies } from '@dropout-lab/study';
import {
  type LoadedStudy,
  type LoadStudyOptions,
  loadStudy,
  readStudyRun,
  readStudyRuns,
  recordStudy,
} from '@dropout-lab/study/node';
import { duration, formatMetric } from '../command/format.ts';
import { kernelsOf, requireKernels } from '../command/kernels.ts';
import { choiceInNode } from '../command/recorded-backend.ts';
import type { Reporter } from '../command/reporter.ts';
import { table } from '../command/table.ts';
import { RunFailedError } from '../run-failed-error.ts';
import type { ChosenBackend } from '../train/choose-backend.ts';
import type { RunOptions } from '../train/open-run.ts';
import { reportInvocation, runInvocation } from './next-command.ts';
import { type QueueOutcome, runOnQueue } from './run-on-queue.ts';
import { inOwnProcess } from './run-task.ts';
import { requireStore } from './store.ts';
import type { StudyRunOptions } from './study-options.ts';
import {
  type EpochSeconds,
  measureArms,
  planLines,
  planOf,
  restOf,
  type StudyPlan,
  secondsLeft,
  shareOfMachine,
} from './study-plan.ts';

const INTERRUPTED = 130;

/**
 * `dropout-lab study run`: trains what a study has not trained yet. Every run is a process of its own; one that
 * fails does not stop the others.
 *
 * @param command The command line, for the manifests.
 * @returns The exit code: 0 when all runs are finished.
 */
export const studyRunCommand = async (
  nameOrFile: string,
  options: StudyRunOptions,
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  return runStudy(await loadStudy(nameOrFile, options), nameOrFile, options, command, reporter, signal);
};

/**
 * Trains what a study has not trained yet.
 *
 * @param name What the user calls the study by.
 * @returns The exit code.
 */
export const runStudy = async (
  { study, input }: LoadedStudy,
  name: string,
  options: StudyRunOptions,
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  await requireRunnableArms(study, name);
  await requireTrainingKernels(options);
  await requireStore(options.store, { mayBeMissing: true });
  const { requireImages } = await import('../data/data.ts');
  await requireImages(
    study.arms.map(({ config }) => config),
    options,
  );
  await recordStudy(options.store, input);
  const plan = planOf(await readStudyRuns(options.store, planRuns(study)));
  reporter.line(titleOf(study));
  if (options.queue !== undefined) {
    await queuePlan(plan, { ...options, queue: options.queue }, command, reporter, signal);
  } else if (plan.todo.length > 0) await runPlan(plan, options, command, reporter, signal);
  const runs = await readStudyRuns(options.store, planRuns(study));
  const open = runs.filter(({ state }) => state !== 'finished' && state !== 'diverged');
  reporter.line(
    open.length === 0
      ? `All ${runs.length} runs are finished. Report: ${reportInvocation(name, options)}`
      : `${runs.length - open.length} of ${runs.length} runs are finished. Resume with: ${runInvocation(name, options)}`,
  );
  if (signal.aborted) return INTERRUPTED;
  return open.length === 0 ? 0 : 1;
};

const titleOf = ({ name, title, seeds, arms }: Study): string =>
  `Study ${name}: ${title}; ${arms.length} arms, ${seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`}`;

/** @throws ConfigError for kernels that cannot be, or of runs that are trained elsewhere. */
const requireTrainingKernels = async (options: StudyRunOptions): Promise<void> => {
  if (options.queue === undefined || kernelsOf(options) === undefined) return requireKernels(options);
  throw new ConfigError(
    '--queue: expected no --kernels or --revectorize beside it, since workers train the runs of a queue: give them to dropout-lab worker',
  );
};

/** @throws ConfigError that names the arm which has the setting that cannot be. */
export const requireRunnableArms = async ({ arms }: Study, where: string): Promise<void> => {
  // Building a model needs TensorFlow.js, which `study status` and `study list` do without.
  const { requireRunnable } = await import('../train/require-runnable.ts');
  for (const { name, config } of arms) {
    try {
      requireRunnable(config);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      throw new ConfigError(
        error.message.replace(/^(run configuration|model spec)/, `${where}: arms.${name}`),
        error.path,
      );
    }
  }
};

const runPlan = async (
  plan: StudyPlan,
  { jobs, store, seeds: _, ...runOptions }: StudyRunOptions,
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> => {
  const shared: RunOptions = { ...runOptions, ...shareOfMachine(jobs) };
  const options: RunOptions = { ...shared, ...(await backendOf(plan, shared, reporter, signal)) };
  const epochSeconds = await measureArms(plan, options, reporter, signal);
  for (const line of planLines(plan, epochSeconds, jobs)) reporter.line(line);

  const waiting = [...plan.todo];
  const board = progressBoard(plan.todo, epochSeconds, jobs, reporter);
  const runNext = async (): Promise<void> => {
    for (let run = waiting.shift(); run !== undefined && !signal.aborted; run = waiting.shift()) {
      const { config, path } = run;
      try {
        const result = await inOwnProcess(
          { kind: 'train', config, path, options, command },
          { ...board.watch(run), signal },
        );
        const outcome =
          result.kind === 'locked'
            ? `left alone: ${result.message}`
            : outcomeOf(await readStudyRun(store, run));
        reporter.line(`${nameOf(run)}: ${outcome}`);
      } catch (error) {
        if (!(error instanceof RunFailedError)) throw error;
        reporter.line(`${nameOf(run)}: failed: ${error.message}`);
      }
      board.end(run);
    }
  };
  await Promise.all(Array.from({ length: jobs }, runNext));
};

/** The one backend of all runs: that of the first which has begun, where it is installed here, else the first arm's. */
const backendOf = async (
  { runs }: StudyPlan,
  options: RunOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<ChosenBackend> => {
  const [{ installedBackends }, { chooseBackend }] = await Promise.all([
    import('@dropout-lab/backend/node'),
    import('../train/choose-backend.ts'),
  ]);
  const begun = runs.find(({ manifest }) => manifest !== undefined)?.manifest?.backend.name;
  const choice = begun === undefined ? undefined : choiceInNode(begun);
  return options.backend === 'auto' && installedBackends().some((one) => one.choice === choice)
    ? { backend: choice!, why: "as the study's first run" }
    : chooseBackend(runs[0]!.config, options, reporter, signal);
};

/** Puts the runs that are left on the queue. A run in training is on it already, or its worker is gone, which the queue handles. */
const queuePlan = async (
  { runs }: StudyPlan,
  options: StudyRunOptions & { readonly queue: string },
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> => {
  const open = runs.filter(({ state }) => state !== 'finished' && state !== 'diverged');
  if (open.length === 0) return;
  const onEnd = async (run: StudyRun, { failed }: QueueOutcome): Promise<void> => {
    const outcome =
      failed === undefined ? outcomeOf(await readStudyRun(options.store, run)) : `failed: ${failed}`;
    reporter.line(`${nameOf(run)}: ${outcome}`);
  };
  await runOnQueue(open, options, command, { nameOf, onEnd }, reporter, signal);
};

const nameOf = ({ arm, seed }: StudyRun): string => `${arm.name}, seed ${seed}`;

const outcomeOf = ({ state, history, evaluation }: StudyRun): string => {
  const last = history.at(-1);
  const seconds = history.reduce((sum, row) => sum + row.seconds, 0);
  if (state === 'stopped') return `stopped after epoch ${history.length}`;
  if (state === 'diverged') return `diverged in epoch ${history.length + 1}: its loss is no longer a number`;
  return `val_loss ${formatMetric(last?.val_loss)}, val_accuracy ${formatMetric(last?.val_accuracy)}, test accuracy ${formatMetric(evaluation?.accuracy)}, ${duration(seconds)}`;
};

/** The live lines: one for each run that goes on, and what is left of the study. */
const progressBoard = (
  todo: readonly StudyRun[],
  epochSeconds: EpochSeconds,
  jobs: number,
  reporter: Reporter,
) => {
  const rest = new Map(todo.map((run) => [run, restOf(run)]));
  const lines = new Map<StudyRun, string>();
  const estimated = new Map(epochSeconds);
  const trained = new Set<string>();
  /** Replaces the estimate of an arm's epoch by its measured time, and corrects the estimates of later arms by it. */
  const learn = (arm: string, seconds: number): void => {
    trained.add(arm);
    epochSeconds.set(arm, seconds);
    const ratio = seconds / (estimated.get(arm) ?? seconds);
    for (const [other, estimate] of estimated) {
      if (!trained.has(other)) epochSeconds.set(other, estimate * ratio);
    }
  };
  const show = (): void => {
    const eta = duration(secondsLeft([...rest.values()], epochSeconds, jobs));
    reporter.progress([
      ...[...lines].map(([run, text]) => `${nameOf(run)}: ${text}`),
      `study: ${rest.size} of ${todo.length} runs left - ETA ${eta}`,
    ]);
  };
  return {
    watch: (run: StudyRun) => ({
      onProgress: (text: string) => {
        lines.set(run, text);
        show();
      },
      onEvent: (event: RunEvent) => {
        const beginning = beginningOf(event, run);
        if (beginning !== undefined) reporter.line(`${nameOf(run)}: ${beginning}`);
        if (event.kind !== 'epoch') return;
        learn(run.arm.name, event.seconds);
        rest.set(run, { arm: run.arm.name, epochs: epochsOf(run.config) - event.epoch });
      },
    }),
    end: (run: StudyRun) => {
      lines.delete(run);
      rest.delete(run);
    },
  };
};

/** Where a run begins, by the first event of its process, which alone knows whether there is a checkpoint to go on from. */
const beginningOf = (event: RunEvent, { state }: StudyRun): string | undefined => {
  if (event.kind === 'run-resumed') return `resumed after epoch ${event.epoch}`;
  if (event.kind !== 'run-started') return undefined;
  return state === 'stopped' ? 'started again, since it was stopped before its first checkpoint' : 'started';
};

/** `dropout-lab study status`: how far each run of a study has come. @returns The exit code. */
export const studyStatusCommand = async (
  nameOrFile: string,
  options: LoadStudyOptions & { readonly json?: true },
  reporter: Reporter,
): Promise<number> => {
  const { study } = await loadStudy(nameOrFile, options);
  await requireStore(options.store);
  const runs = await readStudyRuns(options.store, planRuns(study));
  if (options.json) {
    process.stdout.write(`${JSON.stringify(runs.map(summaryOf), null, 2)}\n`);
    return 0;
  }
  reporter.line(titleOf(study));
  const head = ['arm', 'seed', 'state', 'epoch', 'val_loss', 'val_accuracy', 'test accuracy', 'folder'];
  const rows = runs
    .map(summaryOf)
    .map((run) => [
      run.arm,
      `${run.seed}`,
      run.state,
      `${run.epoch}/${run.epochs}`,
      ...[run.val_loss, run.val_accuracy, run.test_accuracy].map((value) =>
        value === null ? '' : formatMetric(value),
      ),
      run.path,
    ]);
  for (const line of table(head, rows)) reporter.line(line);
  for (const run of runs) if (run.gaps) reporter.line(`${nameOf(run)}: ${gapsInWords(run.gaps)}`);
  return 0;
};

const summaryOf = ({ arm, seed, state, config, history, gaps, evaluation, path }: StudyRun) => ({
  arm: arm.name,
  seed,
  state,
  epoch: history.at(-1)?.epoch ?? 0,
  epochs: epochsOf(config),
  val_loss: history.at(-1)?.val_loss ?? null,
  val_accuracy: history.at(-1)?.val_accuracy ?? null,
  test_accuracy: evaluation?.accuracy ?? null,
  gaps: gaps ? gapsInWords(gaps) : null,
  path,
});

/** `dropout-lab study list`: the studies that come with dropout-lab. @returns The exit code. */
export const studyListCommand = (reporter: Reporter): number => {
  const rows = shippedStudies.map(({ name, title, arms, seeds = [0] }) => [
    name,
    `${Object.keys(arms).length}`,
    `${seeds.length}`,
    title,
  ]);
  for (const line of table(['study', 'arms', 'seeds', 'title'], rows)) reporter.line(line);
  return 0;
};
