import '../jitless.ts';
import {
  decodeInBrowser,
  folderInMemory,
  type OwnDataset,
  type PrepareProgress,
  picturePixels,
  type SurveyedFolder,
} from '@dropout-lab/data';
import { expose, transfer } from 'comlink';
import type { PictureSize, Shape } from './picture-shape.ts';

/** The services of a thread that decodes pictures, so that pages answer meanwhile. */
const services = {
  folder: async (
    folder: SurveyedFolder,
    shape: Shape,
    onProgress: (progress: PrepareProgress) => void,
  ): Promise<OwnDataset> => {
    const images = await folderInMemory(folder, decodeInBrowser, { ...shape, onProgress });
    // Those to train on and those to test on are parts of one buffer.
    return transfer(images, [images.train.images.buffer]);
  },
  /** Returns the largest square in the middle of a picture, in the size that a model takes; undefined of a file that is none. */
  square: async (file: Blob, { width, height, channels }: PictureSize): Promise<Uint8Array | undefined> => {
    const bitmap = await createImageBitmap(file).catch(() => undefined);
    if (!bitmap) return undefined;
    const pixels = picturePixels(bitmap, [height, width, channels]);
    bitmap.close();
    return transfer(pixels, [pixels.buffer]);
  },
};

export type PictureServices = typeof services;

expose(services);
