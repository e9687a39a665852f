import { shownAddress } from '@dropout-lab/contracts';
import { systemErrorCode } from '@dropout-lab/files/node';
import { configDigest } from '@dropout-lab/runs';
import type { StudyRun } from '@dropout-lab/study';
import { invocationOf } from '../command/invocation.ts';
import type { Reporter } from '../command/reporter.ts';
import { connectQueue, parseRunProgress, queueErrorReporter, type RunJob } from './queue.ts';

export interface QueueOptions {
  readonly queue: string;
  readonly store: string;
}

/** In characters, of what a worker says why a run failed. */
const LONGEST_TEXT = 2000;
const LOOK_AGAIN_MS = 5000;

/** The states of a job that no worker will take; one that is nowhere has lost its place on the queue. */
const ended: ReadonlySet<string> = new Set(['completed', 'failed', 'unknown']);

/** How a queued run has ended. */
export type QueueOutcome = { readonly failed: string } | { readonly failed: undefined };

/**
 * Puts runs on a queue and follows them until workers have done them all, or `signal` is aborted: workers then go on
 * without being watched. A run that is on the queue already is not put there twice.
 *
 * @param onEnd Called for each run that ends.
 */
export const runOnQueue = async (
  runs: readonly StudyRun[],
  { queue: url, store }: QueueOptions,
  command: readonly string[],
  {
    nameOf,
    onEnd,
  }: { nameOf: (run: StudyRun) => string; onEnd: (run: StudyRun, outcome: QueueOutcome) => Promise<void> },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> => {
  const { bullmq, name, connection } = await connectQueue(url, store);
  const queue = new bullmq.Queue<RunJob>(name, { connection });
  const events = new bullmq.QueueEvents(name, { connection });
  const waiting = new Map(runs.map((run) => [configDigest(run.config), run]));
  const lines = new Map<string, string>();
  const report = queueErrorReporter(url, reporter);
  queue.on('error', report);
  events.on('error', (error) => {
    report(error);
    // An event that is none ends its reading, where others can write too.
    if (!signal.aborted && systemErrorCode(error) === undefined) void events.run().catch(report);
  });

  let lookAgain: NodeJS.Timeout | undefined;
  const done = new Promise<void>((resolve) => {
    const end = (jobId: string, outcome: QueueOutcome): void => {
      const run = waiting.get(jobId);
      if (run === undefined) return;
      waiting.delete(jobId);
      lines.delete(jobId);
      void onEnd(run, outcome).then(() => {
        if (waiting.size === 0) resolve();
      });
    };
    events.on('completed', ({ jobId }) => end(jobId, { failed: undefined }));
    events.on('failed', ({ jobId, failedReason }) =>
      end(jobId, { failed: String(failedReason).slice(0, LONGEST_TEXT) }),
    );
    events.on('stalled', ({ jobId }) => {
      const run = waiting.get(jobId);
      if (run) reporter.line(`${nameOf(run)}: its worker is silent; another may take it`);
    });
    events.on('progress', ({ jobId, data }) => {
      const run = waiting.get(jobId);
      if (!run) return;
      const progress = parseRunProgress(data);
      if (progress === undefined) return;
      const { worker, text } = progress;
      lines.set(jobId, `${nameOf(run)} (${worker}): ${text}`);
      reporter.progress([...lines.values(), `${waiting.size} runs left`]);
    });
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
    // Of a run whose end was not heard of, the store knows how it ended.
    lookAgain = setInterval(() => {
      for (const jobId of waiting.keys())
        void queue
          .getJobState(jobId)
          .then((state) => (state === 'unknown' ? end(jobId, { failed: undefined }) : undefined))
          .catch(report);
    }, LOOK_AGAIN_MS);
  });

  try {
    await events.waitUntilReady();
    for (const [jobId, run] of waiting) {
      const job: RunJob = { name: nameOf(run), config: run.config, command };
      // Ended jobs leave the queue: what is finished, the store knows. One that has ended and is there would never be taken.
      if (ended.has(await queue.getJobState(jobId))) await queue.remove(jobId);
      await queue.add('run', job, { jobId, removeOnComplete: true, removeOnFail: true });
    }
    reporter.line(`${waiting.size} runs are on the queue ${shownAddress(url)}`);
    if ((await queue.getWorkersCount()) === 0) {
      reporter.line(
        `There is no worker yet. Start some where ${store} can be seen: ${invocationOf(['worker'], { queue: shownAddress(url), store })}`,
      );
    }
    await done;
  } finally {
    clearInterval(lookAgain);
    await events.close();
    await queue.close();
  }
};
