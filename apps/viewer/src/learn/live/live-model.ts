import type { ImageDataset } from '@dropout-lab/contracts';
import { type ComputeThread, startComputeThread } from '../../shared/compute/compute-thread.ts';
import { type Loaded, useLoaded } from '../../shared/controls/use-loaded.ts';
import { sampleImages } from '../../shared/images/sample.ts';
import { loadShippedModel } from './shipped-run.ts';

/** The run with dropout whose model the steps take apart. */
const DROPOUT_RUN = 'dropout-seed-0';

/** The model that ships with the pages, open in a thread of its own, and images that it has never seen. */
export interface LiveModel {
  readonly thread: ComputeThread;
  readonly images: ImageDataset;
  /** The dropout rate that it was trained with. */
  readonly rate: number;
}

let live: Promise<LiveModel> | undefined;

/** Opens the model when a step first needs it; all steps share it. */
const openLiveModel = (): Promise<LiveModel> => {
  live ??= open().catch((error: Error) => {
    live = undefined;
    throw error;
  });
  return live;
};

const open = async (): Promise<LiveModel> => {
  const thread = startComputeThread();
  try {
    const [model, { test }] = await Promise.all([
      loadShippedModel(DROPOUT_RUN),
      sampleImages(),
      // On wasm everywhere, so that the numbers are the same on every machine.
      thread.call((services) => services.startBackend('wasm')),
    ]);
    await thread.call((services) => services.openLesson(model));
    const { model: preset } = model.config;
    return { thread, images: test, rate: preset.preset === 'tutorial' ? preset.dropout.rate : 0 };
  } catch (error) {
    thread.end();
    throw error;
  }
};

/** Ends the thread; the next step that computes starts another. */
export const endLiveModel = (): void => {
  void live?.then(({ thread }) => thread.end()).catch(() => {});
  live = undefined;
};

/** @param isNear Whether the step is in sight, or nearly: nothing is loaded before. */
export const useLiveModel = (isNear: boolean): Loaded<LiveModel> =>
  useLoaded(isNear ? 'live' : null, openLiveModel);
