import type { OwnDataset, PrepareProgress, SurveyedFolder } from '@dropout-lab/data';
import { proxy } from 'comlink';
import { raceSignal } from 'race-signal';
import { type Thread, threadOf } from '../compute/thread.ts';
import type { PictureSize, Shape } from './picture-shape.ts';
import type { PictureServices } from './pictures.worker.ts';

interface DecodeOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: PrepareProgress) => void;
}

/** Decodes the pictures of a folder beside the page, as `folderInMemory` does. @throws as it does. */
export const decodeFolder = (
  folder: SurveyedFolder,
  shape: Shape,
  { signal, onProgress }: DecodeOptions,
): Promise<OwnDataset> =>
  inThread(async (thread) => {
    // The last progress comes through a channel of its own, and may be later than the result.
    let isDecoding = true;
    const listener = proxy((progress: PrepareProgress) => isDecoding && onProgress(progress));
    try {
      return await raceSignal(
        thread.call((services) => services.folder(folder, shape, listener)),
        signal,
      );
    } finally {
      isDecoding = false;
    }
  });

/** Decodes a picture beside the page, for a model of a size; undefined where a file is none. */
export const decodeSquare = (file: Blob, size: PictureSize): Promise<Uint8Array | undefined> =>
  inThread((thread) => thread.call((services) => services.square(file, size)));

const inThread = async <T>(work: (thread: Thread<PictureServices>) => Promise<T>): Promise<T> => {
  const thread = threadOf<PictureServices>(
    new Worker(new URL('./pictures.worker.ts', import.meta.url), { type: 'module' }),
  );
  try {
    return await work(thread);
  } finally {
    thread.end();
  }
};
