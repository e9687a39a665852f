import { shownAddress } from '@dropout-lab/contracts';
import { configDigest } from '@dropout-lab/runs';
import type { StudyRun } from '@dropout-lab/study';
import { invocationOf } from '../command/invocation.ts';
import type { Reporter } from '../command/reporter.ts';
import { connectQueue, queueErrorReporter, type RunJob, type RunProgress } from './queue.ts';

export interface QueueOptions {
  readonly queue: string;
  readonly store: string;
}

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
  events.on('error', report);

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
    events.on('failed', ({ jobId, failedReason }) => end(jobId, { failed: failedReason }));
    events.on('stalled', ({ jobId }) => {
      const run = waiting.get(jobId);
      if (run) reporter.line(`${nameOf(run)}: its worker is silent; another may take it`);
    });
    events.on('progress', ({ jobId, data }) => {
      const run = waiting.get(jobId);
      if (!run) return;
      const { worker, text } = data as unknown as RunProgress;
      lines.set(jobId, `${nameOf(run)} (${worker}): ${text}`);
      reporter.progress([...lines.values(), `${waiting.size} runs left`]);
    });
    signal.addEventListener('abort', () => resolve(), { once: true });
    if (signal.aborted) resolve();
  });

  try {
    await events.waitUntilReady();
    for (const [jobId, run] of waiting) {
      const job: RunJob = { name: nameOf(run), config: run.config, command };
      // Ended jobs leave the queue: what is finished, the store knows.
      await queue.add('run', job, { jobId, removeOnComplete: true, removeOnFail: true });
    }
    reporter.line(`${waiting.size} runs are on the queue ${shownAddress(url)}`);
    if ((await queue.getWorkersCount()) === 0) {
      reporter.line(
        `No worker is there yet. Start some where ${store} can be seen: ${invocationOf(['worker'], { queue: shownAddress(url), store })}`,
      );
    }
    await done;
  } finally {
    await events.close();
    await queue.close();
  }
};
