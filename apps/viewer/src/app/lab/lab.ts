import type { RunEvent, RunManifest } from '@dropout-lab/contracts';
import { type Signal, signal } from '@preact/signals';
import { proxy } from 'comlink';
import { type ComputeWorker, startWorker } from '../compute/start-worker.ts';
import { imagesUrlOf } from '../source.ts';
import { type LiveRun, newLiveRun, withLiveEvents } from './live-run.ts';
import { type ArmName, armsIn, configOf, type LabSettings } from './settings.ts';

/** How a run that is trained in the page stands. */
export type ArmState =
  | { readonly state: 'starting' }
  | { readonly state: 'training' }
  | { readonly state: 'ended' }
  | { readonly state: 'failed'; readonly fault: string };

/** A run that is trained in the page. */
export interface LabArm {
  readonly name: ArmName;
  readonly settings: LabSettings;
  readonly status: Signal<ArmState>;
  /** Which backend computes, and why. */
  readonly reason: Signal<string>;
  readonly run: Signal<LiveRun | null>;
}

/** The runs of the page, which go on while other pages are looked at; none before the first start. */
export const labArms = signal<readonly LabArm[]>([]);
export const isPaused = signal(false);

const workers = new Map<LabArm, ComputeWorker>();

/** The curves are drawn anew at most so often. */
const REDRAW_MS = 200;

/**
 * Trains anew with these settings.
 *
 * @throws ConfigError when one is impossible; what is there goes on.
 */
export const startLab = (settings: LabSettings): void => {
  const arms = armsIn(settings);
  for (const arm of arms) configOf(settings, arm);
  resetLab();
  labArms.value = arms.map((name) => ({
    name,
    settings,
    status: signal<ArmState>({ state: 'starting' }),
    reason: signal(''),
    run: signal<LiveRun | null>(null),
  }));
  for (const arm of labArms.value) void trainArm(arm);
};

/** Ends all training, and forgets it. */
export const resetLab = (): void => {
  for (const worker of workers.values()) worker.end();
  workers.clear();
  labArms.value = [];
  isPaused.value = false;
};

export const pauseLab = (): void => {
  isPaused.value = true;
  for (const { services } of workers.values()) void services.pause();
};

export const resumeLab = (): void => {
  isPaused.value = false;
  for (const { services } of workers.values()) void services.resume();
};

/** Ends training where it is, so that the model can be had. */
export const stopLab = (): void => {
  isPaused.value = false;
  for (const { services } of workers.values()) void services.stop();
};

/** A run directory as a ZIP file, from the last checkpoint. */
export const downloadArm = async (arm: LabArm): Promise<Blob> => {
  const bytes = await workers.get(arm)!.services.download();
  return new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/zip' });
};

/** Trains on the backend of the settings; where that fails, from the start on wasm, which runs everywhere. */
const trainArm = async (arm: LabArm): Promise<void> => {
  const { backend } = arm.settings;
  try {
    await trainOn(arm, backend);
  } catch (error) {
    if (!isCurrent(arm)) return;
    const fault = (error as Error).message;
    if (backend === 'wasm') return fail(arm, fault);
    arm.status.value = { state: 'starting' };
    await trainOn(arm, 'wasm', fault).catch((again: Error) => fail(arm, again.message));
  }
};

const isCurrent = (arm: LabArm): boolean => labArms.value.includes(arm);

const fail = (arm: LabArm, fault: string): void => {
  if (isCurrent(arm)) arm.status.value = { state: 'failed', fault };
};

/** @param fault Why another backend could not do it. */
const trainOn = async (arm: LabArm, backend: LabSettings['backend'], fault?: string): Promise<void> => {
  workers.get(arm)?.end();
  const worker = startWorker();
  workers.set(arm, worker);
  const config = configOf(arm.settings, arm.name);
  const feed = createFeed(arm.run);
  const listener = proxy({
    begun: (manifest: RunManifest, reason: string): void => {
      arm.reason.value =
        fault === undefined ? reason : `${reason}, since training failed elsewhere: ${fault}`;
      arm.run.value = newLiveRun(arm.name, manifest);
      arm.status.value = { state: 'training' };
    },
    event: feed.add,
  });
  const training = worker.services.trainRun(
    { config, backend, imagesUrl: imagesUrlOf(config.dataset) },
    listener,
  );
  await Promise.race([training, worker.failure]);
  feed.flush();
  if (isCurrent(arm)) arm.status.value = { state: 'ended' };
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
