import {
  type GivenFolder,
  type OwnDataset,
  type PrepareProgress,
  type SurveyedFolder,
  settingsOfImages,
  surveyFolder,
} from '@dropout-lab/data';
import { computed, signal } from '@preact/signals';
import { announce } from '../../shared/controls/announcements.tsx';
import { showImages } from '../../shared/images/own-images.ts';
import type { Shape } from '../../shared/images/picture-shape.ts';
import { decodeFolder } from '../../shared/images/picture-thread.ts';
import type { SettingDefaults } from '../../shared/settings/flag-values.ts';

/** A folder of the user's own pictures, in the place of a data set. */
export type Choice =
  | { readonly state: 'none' }
  | { readonly state: 'listing' }
  | { readonly state: 'decoding'; readonly folder: SurveyedFolder; readonly progress: PrepareProgress }
  | {
      readonly state: 'ready';
      readonly images: OwnDataset;
      /** As it was given, to be decoded to another shape; undefined of images that the browser has kept. */
      readonly folder: SurveyedFolder | undefined;
      readonly shape: Shape;
    };

export const choice = signal<Choice>({ state: 'none' });
/** The reason why the last folder, or its last shape, was refused. */
export const refusal = signal<string | undefined>(undefined);

/** More images are trained on only when that is asked for. */
const MANY = 2000;
/** Of fewer, a batch of 50 would leave few steps. */
const FEW = 1000;

/** The settings that the chosen pictures bring along; none where there are none. */
export const ownSettings = computed((): SettingDefaults => {
  if (choice.value.state !== 'ready') return {};
  const { dataset, validationImages } = choice.value.images;
  const { trainImages } = dataset;
  return {
    ...settingsOfImages(dataset, validationImages),
    limitTrain: validationImages > 0 || trainImages <= MANY ? null : MANY,
    ...(trainImages < FEW && { batchSize: 16 }),
  };
});

/** Reads a folder that a person gave, in the place of the one before. To be called while its event is handled. */
export const chooseFolder = (given: GivenFolder): Promise<void> =>
  attempt(async (signal) => {
    choice.value = { state: 'listing' };
    const folder = await surveyFolder(given, { signal });
    signal.throwIfAborted();
    await decode(folder, { size: undefined, fit: 'cover' }, signal);
  });

/** Decodes the pictures again, to images of another shape. */
export const changeShape = async (changes: Partial<Shape>): Promise<void> => {
  const { value } = choice;
  if (value.state !== 'ready' || value.folder === undefined) return;
  const { folder, shape } = value;
  await attempt((signal) => decode(folder, { ...shape, ...changes }, signal));
};

/** Goes back to the data sets. */
export const forgetFolder = (): void => {
  become({ state: 'none' });
};

/** Shows images that the browser has kept with a training as the chosen ones. */
export const chooseKept = (images: OwnDataset): void => {
  showImages(images);
  const { imageShape, fit } = images.dataset;
  become({ state: 'ready', images, folder: undefined, shape: { size: imageShape[0], fit } });
};

let current = new AbortController();

const become = (next: Choice): AbortSignal => {
  current.abort();
  current = new AbortController();
  refusal.value = undefined;
  choice.value = next;
  return current.signal;
};

/** Tries other pictures; those chosen before stay when they are refused. */
const attempt = async (work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
  const before: Choice = choice.value.state === 'ready' ? choice.value : { state: 'none' };
  const signal = become(before);
  try {
    await work(signal);
  } catch (error) {
    if (signal.aborted) return;
    choice.value = before;
    refusal.value = (error as Error).message;
  }
};

const decode = async (folder: SurveyedFolder, shape: Shape, signal: AbortSignal): Promise<void> => {
  const total = folder.files.length;
  choice.value = { state: 'decoding', folder, progress: { done: 0, total, skipped: 0 } };
  announce(`Decoding ${total} pictures`);
  const images = await decodeFolder(folder, shape, {
    signal,
    onProgress: (progress) => {
      // Of thousands of pictures, not each is drawn.
      const isDue = progress.done % Math.ceil(total / 100) === 0 || progress.done === total;
      if (isDue && !signal.aborted) choice.value = { state: 'decoding', folder, progress };
    },
  });
  signal.throwIfAborted();
  showImages(images);
  choice.value = { state: 'ready', images, folder, shape };
  announce(`${images.dataset.title}: ${images.files.length} images`);
};
