import { signal } from '@preact/signals';
import { imagesOf } from '../shared/images/own-images.ts';
import { forgetStart, type KeptRun, keepImages, keepRun, keptRuns } from '../shared/kept/kept-runs.ts';
import type { TrainedArm } from './arm-training.ts';

/** Runs that were started together on a page that has been left since. */
export interface KeptStart {
  readonly start: string;
  readonly runs: readonly KeptRun[];
}

/** The last runs that were cut off, which can be continued; null where there are none. */
export const cutOff = signal<KeptStart | null>(null);

/** Returns a name for a new start. */
export const newStart = (): string => {
  const bytes = crypto.getRandomValues(new Uint8Array(8));
  return `${Date.now()}-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
};

const LOCK = 'dropout-lab/training/';

/** Has other tabs know that a start is trained here, until this page is left. Pages without TLS have no locks. */
export const holdStart = (start: string): void => {
  cutOff.value = null;
  void navigator.locks?.request(LOCK + start, () => new Promise(() => {}));
};

/** Keeps what is known of a run before its first checkpoint, so that none of several is missing when they are continued. */
export const keepBegun = async ({
  start,
  name,
  config,
  backend,
  runs,
  notKept,
}: TrainedArm): Promise<void> => {
  try {
    const images = imagesOf(config.dataset);
    if (images) await keepImages(start, images);
    await keepRun({
      start,
      arm: name,
      config,
      backend,
      runs,
      epoch: 0,
      hasEnded: false,
      savedAt: Date.now(),
    });
    await forgetOlder(start);
  } catch (error) {
    notKept.value = (error as Error).message;
  }
};

/** Forgets the runs of a start. */
export const forgetTraining = async (start: string): Promise<void> => {
  if (cutOff.value?.start === start) cutOff.value = null;
  // Where nothing can be kept, there is nothing to forget.
  await forgetStart(start).catch(() => {});
};

/** Looks for runs that were cut off: those that no page trains now. */
export const findCutOff = async (): Promise<void> => {
  cutOff.value = (await heldByNobody().catch(() => []))[0] ?? null;
};

/** Returns the starts that no page trains, the newest first. */
const heldByNobody = async (): Promise<KeptStart[]> => {
  const starts = new Map<string, KeptRun[]>();
  for (const run of await keptRuns()) starts.set(run.start, [...(starts.get(run.start) ?? []), run]);
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const isHeld = (start: string): boolean => held.some(({ name }) => name === LOCK + start);
  return [...starts]
    .filter(([start, runs]) => !isHeld(start) && runs.length === runs[0]!.runs)
    .map(([start, runs]) => ({ start, runs: runs.sort((a, b) => (a.arm < b.arm ? -1 : 1)) }))
    .sort((a, b) => savedAt(b) - savedAt(a));
};

const savedAt = ({ runs }: KeptStart): number => Math.max(...runs.map((run) => run.savedAt));

/** Of what was cut off, only the last is offered: what is older would fill the browser's storage. */
const forgetOlder = async (current: string): Promise<void> => {
  const [, ...older] = await heldByNobody();
  for (const { start } of older) if (start !== current) await forgetStart(start);
};
