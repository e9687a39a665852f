import type { Predictions, RunConfig, RunEvent, RunManifest } from '@dropout-lab/contracts';
import { type Signal, signal } from '@preact/signals';
import { proxy } from 'comlink';
import type { View } from '../shared/address.ts';
import { type ComputeThread, startComputeThread } from '../shared/compute/compute-thread.ts';
import { ThreadEndedError } from '../shared/compute/thread.ts';
import { imagesOnPage } from '../shared/images/on-page.ts';
import { originOf } from '../shared/images/origin.ts';
import { armOf } from './arm-label.ts';
import { type LiveRun, newLiveRun, withLiveEvents } from './results/live-run.ts';
import type { ArmName } from './settings.ts';

/** The state of a run that is trained on the page. */
export type ArmState =
  | { readonly state: 'starting' }
  | { readonly state: 'training' }
  | { readonly state: 'ended' }
  | { readonly state: 'failed'; readonly error: string };

/** A run that is trained on the page. */
export interface TrainedArm {
  /** Another number for each start. */
  readonly id: number;
  readonly name: ArmName;
  readonly config: RunConfig;
  readonly backend: View['backend'];
  /** Number of runs that are trained side by side. */
  readonly runs: number;
  readonly status: Signal<ArmState>;
  /** Which backend computes, and why. */
  readonly reason: Signal<string>;
  readonly run: Signal<LiveRun | null>;
  /** The same for runs that are started together: the browser keeps them under it. */
  readonly start: string;
  /** Whether it continues a run that the browser has kept. */
  readonly isContinued: boolean;
  /** Why the browser does not keep it, if so. */
  readonly notKept: Signal<string | undefined>;
}

export const isPaused = signal(false);

const threads = new Map<TrainedArm, ComputeThread>();
const stopped = new WeakSet<TrainedArm>();

/** The curves are drawn again at most this often. */
const REDRAW_MS = 200;

/** Trains on the backend of the settings; where that fails, again from the start on wasm, which runs everywhere. */
export const trainArm = async (arm: TrainedArm, thread: ComputeThread): Promise<void> => {
  const { backend } = arm;
  try {
    await trainOn(arm, backend, thread);
  } catch (error) {
    if (error instanceof ThreadEndedError) return;
    const failure = error as Error;
    // Continued on another backend it would be another run.
    const isFinal = backend === 'wasm' || arm.isContinued || stopped.has(arm) || !isOfBackend(failure);
    if (isFinal) return fail(arm, failure);
    arm.status.value = { state: 'starting' };
    arm.run.value = null;
    arm.reason.value = '';
    await trainOn(arm, 'wasm', startComputeThread(), failure.message).catch((again: Error) =>
      fail(arm, again),
    );
  }
};

/** Sends a command to the thread of every arm; one that cannot take it fails in its training. */
export const sendToArms = (command: 'pause' | 'resume' | 'stop'): void => {
  for (const [arm, thread] of threads) {
    if (command === 'stop') stopped.add(arm);
    thread.call((services) => services[command]()).catch(() => {});
  }
};

/** Ends the training of all arms at once. */
export const endArms = (): void => {
  for (const thread of threads.values()) thread.end();
  threads.clear();
};

/**
 * Returns the run directory of an arm as a ZIP file, from the last checkpoint.
 *
 * @throws An Error when the run's thread has failed.
 */
export const downloadArm = async (arm: TrainedArm): Promise<Blob> => {
  const bytes = await threads.get(arm)!.call((services) => services.download());
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
};

/**
 * Shows the run of an arm, as it was at its last checkpoint, among the other runs.
 *
 * @returns Its name there.
 * @throws An Error when the run's thread has failed.
 */
export const giveArm = async (arm: TrainedArm): Promise<string> => {
  const [run, { giveRuns }] = await Promise.all([
    threads.get(arm)!.call((services) => services.asRead()),
    import('../shared/runs/give-run.ts'),
  ]);
  const name = `${armOf(arm).label} (trained here)`;
  giveRuns(new Map([[name, run]]));
  return name;
};

/** Returns what the trained model of an arm answered to each image; undefined where its run was not evaluated. */
export const predictionsOfArm = async (arm: TrainedArm): Promise<Predictions | undefined> =>
  threads.get(arm)?.call((services) => services.predictions());

/** Whether an error may be the backend's: missing images and impossible settings are the same on every one. */
const isOfBackend = ({ name }: Error): boolean => !/^(Cifar|Config)/.test(name);

const fail = (arm: TrainedArm, error: Error): void => {
  if (error instanceof ThreadEndedError) return;
  threads.get(arm)?.end();
  arm.status.value = { state: 'failed', error: error.message };
};

/** @param failure The reason why another backend failed. */
const trainOn = async (
  arm: TrainedArm,
  backend: View['backend'],
  thread: ComputeThread,
  failure?: string,
): Promise<void> => {
  threads.get(arm)?.end();
  threads.set(arm, thread);
  const { config, runs } = arm;
  const feed = createFeed(arm.run);
  // A thread's last messages may arrive after its end.
  const isCurrent = (): boolean => threads.get(arm) === thread;
  const listener = proxy({
    begun: (manifest: RunManifest, reason: string, events: readonly RunEvent[]): void => {
      if (!isCurrent()) return;
      arm.reason.value =
        failure === undefined ? reason : `${reason}, since training failed on another backend: ${failure}`;
      arm.run.value = withLiveEvents(newLiveRun(arm.name, manifest), events);
      arm.status.value = { state: 'training' };
    },
    event: (event: RunEvent): void => {
      if (isCurrent()) feed.add(event);
    },
    notKept: (why: string): void => {
      if (isCurrent()) arm.notKept.value = why;
    },
    images: imagesOnPage,
  });
  const kept = { start: arm.start, arm: arm.name, isContinued: arm.isContinued };
  const request = { config, backend, images: originOf(config.dataset), runs, kept };
  const training = thread.call((services) => services.trainRun(request, listener));
  if (isPaused.value) thread.call((services) => services.pause()).catch(() => {});
  try {
    await training;
    arm.status.value = { state: 'ended' };
  } finally {
    feed.flush();
  }
};

/** Gathers events, which come by the dozen, to draw them together. */
const createFeed = (run: TrainedArm['run']) => {
  let waiting: RunEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (run.value && waiting.length > 0) run.value = withLiveEvents(run.value, waiting);
    waiting = [];
  };
  return {
    add: (event: RunEvent): void => {
      waiting.push(event);
      timer ??= setTimeout(flush, REDRAW_MS);
    },
    flush,
  };
};
