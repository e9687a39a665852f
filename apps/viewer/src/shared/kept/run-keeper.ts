import type { MemoryRun, RunStore } from '@dropout-lab/runs';
import { type KeptRun, keepRun } from './kept-runs.ts';

/** A run is kept at most this often: epochs of a small data set last less than a second. */
const PAUSE_MS = 3000;

/** A run whose checkpoints are kept in the browser's storage too. */
interface KeptStore {
  readonly run: RunStore;
  /** Keeps the run as it is now, and resolves when that is done. */
  flush(): Promise<void>;
}

/**
 * Has a run in memory kept in the browser's storage, after its checkpoints: not all of them where they follow fast, and never
 * two at a time. Training does not wait for it.
 *
 * @param onFailure Called once with the reason when it cannot be kept.
 */
export const keptStore = (
  run: MemoryRun,
  kept: Omit<KeptRun, 'epoch' | 'hasEnded' | 'savedAt'>,
  onFailure: (error: Error) => void,
): KeptStore => {
  let saving: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hasFailed = false;

  const save = async (): Promise<void> => {
    if (hasFailed) return;
    const { checkpoints, events } = run.contents();
    const epoch = checkpoints.last?.snapshot.progress.epoch ?? 0;
    const hasEnded = events.at(-1)?.kind === 'run-ended';
    try {
      await keepRun({ ...kept, epoch, hasEnded, savedAt: Date.now() }, await run.files());
    } catch (error) {
      hasFailed = true;
      onFailure(error as Error);
    }
  };
  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    await saving;
    saving = save();
    await saving;
    saving = undefined;
  };
  /** The first checkpoint at once, later ones when the last has been kept for a while. */
  const schedule = (): void => {
    if (timer !== undefined) return;
    timer = setTimeout(flush, isFirst ? 0 : PAUSE_MS);
    isFirst = false;
  };
  let isFirst = true;

  return {
    run: {
      ...run,
      saveCheckpoint: async (name, checkpoint) => {
        await run.saveCheckpoint(name, checkpoint);
        schedule();
      },
    },
    flush,
  };
};
