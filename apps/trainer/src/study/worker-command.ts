import { hostname } from 'node:os';
import { isPlain, shownAddress } from '@dropout-lab/contracts';
import { systemErrorCode } from '@dropout-lab/files/node';
import { readStudyRun } from '@dropout-lab/study/node';
import type { Job } from 'bullmq';
import { requireKernels } from '../command/kernels.ts';
import type { Reporter } from '../command/reporter.ts';
import type { ChosenBackend } from '../train/choose-backend.ts';
import type { RunOptions } from '../train/open-run.ts';
import { connectQueue, parseRunJob, queueErrorReporter, type RunProgress } from './queue.ts';
import { makeJobsReadable, settleJob } from './queued-job.ts';
import { inOwnProcess } from './run-task.ts';
import { shareOfMachine } from './study-plan.ts';

export interface WorkerOptions extends RunOptions {
  readonly queue: string;
  readonly store: string;
  /** Runs at once. */
  readonly jobs: number;
  /** Seconds of silence after which a worker is taken for dead. */
  readonly lease: number;
}

const PROGRESS_MS = 1000;
const LOCKED_RETRY_MS = 3000;
const INTERRUPTED = 130;

/**
 * `dropout-lab worker`: takes runs from a queue and trains them, until it is stopped. What it was training goes back
 * to the queue then, with a checkpoint; of a worker that is killed, others take the runs once its lease is over.
 *
 * @returns The exit code.
 */
export const workerCommand = async (
  { queue: url, store, jobs, lease, ...runOptions }: WorkerOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  await requireKernels(runOptions);
  // Building a model needs TensorFlow.js: loaded before the first job is taken.
  const [{ requireRunnable }, { chooseBackend }] = await Promise.all([
    import('../train/require-runnable.ts'),
    import('../train/choose-backend.ts'),
  ]);
  const { bullmq, name, connection } = await connectQueue(url, store);
  const shared: RunOptions = { ...runOptions, ...shareOfMachine(jobs) };
  let chosen: Promise<ChosenBackend> | undefined;
  const me = `${hostname()}:${process.pid}`;
  /** Ends the process of a job that this worker has lost. */
  const losses = new Map<string, AbortController>();

  const takeRun = async (job: Job<unknown>, token?: string): Promise<string> => {
    const fault = await settleJob(worker, job);
    const { command, name, config } = parseRunJob(fault ?? job.data);
    requireRunnable(config);
    // The first run's, so that all of a study have the same.
    chosen ??= chooseBackend(config, shared, reporter, signal);
    const options = { ...shared, ...(await chosen) };
    const { state, path } = await readStudyRun(store, {
      arm: { name, title: name, config },
      seed: config.seed,
      config,
    });
    if (state === 'finished' || state === 'diverged') return state;

    reporter.line(`${name}: taken${state === 'missing' ? '' : ', to go on from its last checkpoint'}`);
    const loss = new AbortController();
    losses.set(job.id!, loss);
    try {
      const result = await inOwnProcess(
        // The queue has given the run to nobody else: a writer that has locked it on another machine is gone.
        { kind: 'train', config, path, options, command, takeOver: true },
        { onProgress: progressOf(job, name, me, reporter), signal, lost: loss.signal },
      );
      if (result.kind === 'locked' || (result.kind === 'ended' && result.reason === 'interrupted')) {
        const delay = result.kind === 'locked' ? LOCKED_RETRY_MS : 0;
        await job.moveToDelayed(Date.now() + delay, token);
        throw new bullmq.DelayedError();
      }
      const ended = result.kind === 'ended' ? result.reason : result.kind;
      reporter.line(`${name}: ${ended}`);
      return ended;
    } finally {
      losses.delete(job.id!);
    }
  };

  const worker = new bullmq.Worker<unknown, string>(name, takeRun, {
    connection,
    concurrency: jobs,
    lockDuration: lease * 1000,
    stalledInterval: (lease * 1000) / 2,
    // However often its workers are killed, a run is taken up again.
    maxStalledCount: Number.MAX_SAFE_INTEGER,
  });
  worker.on('lockRenewalFailed', (ids) => {
    for (const id of ids) losses.get(id)?.abort();
  });
  worker.on('failed', (job, error) => reporter.line(`${nameOf(job?.data)}: failed: ${error.message}`));
  const report = queueErrorReporter(url, reporter);
  worker.on('error', (error) => {
    report(error);
    // Of the connection, or of a job.
    if (systemErrorCode(error) === undefined) makeJobsReadable(worker).catch(report);
  });
  await worker.waitUntilReady();
  reporter.line(`Worker ${me} waits for runs of ${store} at ${shownAddress(url)}; Ctrl-C ends it`);

  await aborted(signal);
  await worker.close();
  return INTERRUPTED;
};

/** Of a job that may be none. */
const nameOf = (data: unknown): string =>
  isPlain(data) && typeof data['name'] === 'string' ? data['name'].slice(0, 200) : 'a run';

const progressOf = (job: Job<unknown>, name: string, worker: string, reporter: Reporter) => {
  let last = 0;
  return (text: string): void => {
    reporter.progress(`${name}: ${text}`);
    if (Date.now() - last < PROGRESS_MS) return;
    last = Date.now();
    const progress: RunProgress = { worker, text };
    // A queue that is unreachable for a while gets the next report.
    job.updateProgress({ ...progress }).catch(() => {});
  };
};

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
