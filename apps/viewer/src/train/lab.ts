import { ConfigError, type RunConfig, type RunEvent, type RunManifest } from '@dropout-lab/contracts';
import { type Signal, signal } from '@preact/signals';
import { proxy } from 'comlink';
import type { View } from '../shared/address.ts';
import { type ComputeThread, startComputeThread } from '../shared/compute/compute-thread.ts';
import { ThreadEndedError } from '../shared/compute/thread.ts';
import { originOf } from '../shared/images/origin.ts';
import { type LiveRun, newLiveRun, withLiveEvents } from './results/live-run.ts';
import { type ArmName, armsIn, configOf, type LabSettings } from './settings.ts';

/** How a run that is trained in the page stands. */
type ArmState =
  | { readonly state: 'starting' }
  | { readonly state: 'training' }
  | { readonly state: 'ended' }
  | { readonly state: 'failed'; readonly fault: string };

/** A run that is trained in the page. */
export interface LabArm {
  /** Another for each start. */
  readonly id: number;
  readonly name: ArmName;
  readonly config: RunConfig;
  readonly backend: View['backend'];
  /** How many are trained side by side. */
  readonly runs: number;
  readonly status: Signal<ArmState>;
  /** Which backend computes, and why. */
  readonly reason: Signal<string>;
  readonly run: Signal<LiveRun | null>;
}

/** The runs of the page, which go on while other pages are looked at; none before the first start. */
export const labArms = signal<readonly LabArm[]>([]);
export const isPaused = signal(false);

const threads = new Map<LabArm, ComputeThread>();
const stopped = new WeakSet<LabArm>();
let starts = 0;

/** Of a start that is not sure yet; they train when it is. */
let starting: readonly ComputeThread[] = [];
/** Whether it is being looked at what training is to start with. */
export const isChecking = signal(false);

/** The curves are drawn anew at most so often. */
const REDRAW_MS = 200;

/**
 * Looks at whether models can be had of these settings, in the threads that train them then. What trains goes on.
 *
 * @returns What trains them in place of what trains; it is to be called at once, or not at all.
 * @throws ConfigError when a setting is impossible; ThreadEndedError when the start is withdrawn meanwhile, also by
 * another one.
 */
export const prepareLab = async (settings: LabSettings, backend: View['backend']): Promise<() => void> => {
  withdrawStart();
  const arms = armsIn(settings).map((name) => ({ name, config: configOf(settings, name) }));
  const own = arms.map(startComputeThread);
  starting = own;
  isChecking.value = true;
  try {
    await Promise.all(arms.map(({ config }, i) => requireModel(own[i]!, config)));
  } catch (error) {
    if (starting === own) withdrawStart();
    throw error;
  }
  return () => {
    starting = [];
    isChecking.value = false;
    trainArms(arms, backend, own);
  };
};

const requireModel = async (thread: ComputeThread, { model, dataset }: RunConfig): Promise<void> => {
  const fault = await thread.ask((services) => services.modelFault({ model, dataset }));
  if (fault) throw new ConfigError(fault.message, fault.path);
};

/** Gives up a start that is not sure yet; what trains goes on. */
export const withdrawStart = (): void => {
  for (const thread of starting) thread.end();
  starting = [];
  isChecking.value = false;
};

/** Trains arms anew, each in its thread. */
const trainArms = (
  arms: readonly Pick<LabArm, 'name' | 'config'>[],
  backend: View['backend'],
  own: readonly ComputeThread[],
): void => {
  resetLab();
  labArms.value = arms.map((arm) => ({
    ...arm,
    id: ++starts,
    backend,
    runs: arms.length,
    status: signal<ArmState>({ state: 'starting' }),
    reason: signal(''),
    run: signal<LiveRun | null>(null),
  }));
  for (const [i, arm] of labArms.value.entries()) void trainArm(arm, own[i]!);
};

/** Ends all training, and forgets it. */
export const resetLab = (): void => {
  withdrawStart();
  for (const thread of threads.values()) thread.end();
  threads.clear();
  labArms.value = [];
  isPaused.value = false;
};

/** Tells every thread; one that fails says so by its training. */
const tellAll = (command: 'pause' | 'resume' | 'stop'): void => {
  for (const thread of threads.values()) thread.ask((services) => services[command]()).catch(() => {});
};

export const pauseLab = (): void => {
  withdrawStart();
  isPaused.value = true;
  tellAll('pause');
};

export const resumeLab = (): void => {
  withdrawStart();
  isPaused.value = false;
  tellAll('resume');
};

/** Ends training where it is, so that the model can be had. */
export const stopLab = (): void => {
  withdrawStart();
  isPaused.value = false;
  for (const arm of labArms.value) stopped.add(arm);
  tellAll('stop');
};

/**
 * A run directory as a ZIP file, from the last checkpoint.
 *
 * @throws An Error when the run's thread has failed.
 */
export const downloadArm = async (arm: LabArm): Promise<Blob> => {
  const bytes = await threads.get(arm)!.ask((services) => services.download());
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
};

/** Trains on the backend of the settings; where that fails, from the start on wasm, which runs everywhere. */
const trainArm = async (arm: LabArm, thread: ComputeThread): Promise<void> => {
  const { backend } = arm;
  try {
    await trainOn(arm, backend, thread);
  } catch (error) {
    if (error instanceof ThreadEndedError) return;
    const fault = error as Error;
    if (backend === 'wasm' || stopped.has(arm) || !isOfBackend(fault)) return fail(arm, fault);
    arm.status.value = { state: 'starting' };
    arm.run.value = null;
    arm.reason.value = '';
    await trainOn(arm, 'wasm', startComputeThread(), fault.message).catch((again: Error) => fail(arm, again));
  }
};

/** Images that cannot be had, and settings that cannot be, are no better elsewhere. */
const isOfBackend = ({ name }: Error): boolean => !/^(Cifar|Config)/.test(name);

const fail = (arm: LabArm, fault: Error): void => {
  if (fault instanceof ThreadEndedError) return;
  threads.get(arm)?.end();
  arm.status.value = { state: 'failed', fault: fault.message };
};

/** @param fault Why another backend could not do it. */
const trainOn = async (
  arm: LabArm,
  backend: View['backend'],
  thread: ComputeThread,
  fault?: string,
): Promise<void> => {
  threads.get(arm)?.end();
  threads.set(arm, thread);
  const { config, runs } = arm;
  const feed = createFeed(arm.run);
  // What a thread has said before its end may come after it.
  const isCurrent = (): boolean => threads.get(arm) === thread;
  const listener = proxy({
    begun: (manifest: RunManifest, reason: string): void => {
      if (!isCurrent()) return;
      arm.reason.value =
        fault === undefined ? reason : `${reason}, since training failed elsewhere: ${fault}`;
      arm.run.value = newLiveRun(arm.name, manifest);
      arm.status.value = { state: 'training' };
    },
    event: (event: RunEvent): void => {
      if (isCurrent()) feed.add(event);
    },
  });
  const request = { config, backend, images: originOf(config.dataset), runs };
  const training = thread.ask((services) => services.trainRun(request, listener));
  if (isPaused.value) thread.ask((services) => services.pause()).catch(() => {});
  try {
    await training;
    arm.status.value = { state: 'ended' };
  } finally {
    feed.flush();
  }
};

/** Gathers events, which come by the dozen, to draw them together. */
const createFeed = (run: LabArm['run']) => {
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
