import {
  ConfigError,
  type ImageFit,
  type OwnImages,
  type PlainObject,
  type RunConfig,
  stepsPerEpochOf,
} from '@dropout-lab/contracts';
import { type PrepareProgress, type SkippedFile, settingsOfImages } from '@dropout-lab/data';
import type { ImageFolderOptions, PreparedImages } from '@dropout-lab/data/node';
import { bar, duration } from '../command/format.ts';
import { invocationOf } from '../command/invocation.ts';
import type { Reporter } from '../command/reporter.ts';

/** The options that name a user's own images. */
export interface ImagesOptions {
  /** A folder with a folder for each class, or a Parquet file, or a folder of these. */
  readonly images?: string | undefined;
  /** The same of test images. */
  readonly test?: string | undefined;
}

/** How they are made images of one shape, too. */
export interface PreparationOptions extends ImagesOptions {
  readonly size?: readonly [height: number, width: number] | undefined;
  readonly fit?: ImageFit | undefined;
  readonly strict?: boolean | undefined;
}

// sharp is native code, and is loaded for those who have pictures.
const node = () => import('@dropout-lab/data/node');

/**
 * Reads what a command is to do with a data set: with `--images` that of one's own pictures, which are decoded when
 * everything else has been found possible.
 *
 * @param read Reads the command's settings on top of some of its own; with `--standardize`, also given the mean and variance of
 *   each channel.
 * @param check Refuses settings; called with the pictures counted, but not decoded.
 */
export const withImages = async <T>(
  options: PreparationOptions,
  read: (own?: PlainObject) => Promise<T>,
  check: (settings: T) => Promise<void> | void,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<T> => {
  const { images: path } = options;
  if (path === undefined) {
    requireNone(options);
    return read();
  }
  const { surveyPictures } = await node();
  const surveyed = await surveyPictures(path, folderOptions(options, reporter, signal));
  await check(await read({ ...settingsOfImages(surveyed.images, surveyed.validationImages) }));
  const prepared = await surveyed.prepare();
  for (const line of preparedLines(prepared, path)) reporter.line(line);
  const { images, validationImages } = prepared;
  return read({ ...settingsOfImages(images, validationImages) });
};

/** @throws ConfigError when an option has no pictures to be about. */
const requireNone = ({ test, size, fit, strict }: PreparationOptions): void => {
  const given = Object.entries({ test, size, fit, strict }).find(([, value]) => value !== undefined);
  if (given === undefined) return;
  throw new ConfigError(
    `--${given[0]}: expected --images with it, the folder or file of the pictures, found none`,
  );
};

export const folderOptions = (
  { test, size, fit, strict }: PreparationOptions,
  reporter: Reporter,
  signal: AbortSignal,
): ImageFolderOptions => ({
  test,
  size,
  fit,
  strict,
  signal,
  onProgress: progressReporter(reporter),
});

const progressReporter = (reporter: Reporter) => {
  const started = performance.now();
  return ({ done, total, skipped }: PrepareProgress): void => {
    const rate = done / Math.max(0.001, (performance.now() - started) / 1000);
    reporter.progress(
      [
        `Decoding ${bar(done / total)} ${done}/${total}`,
        `ETA ${duration((total - done) / rate)}`,
        `${Math.round(rate)} img/s`,
        ...(skipped > 0 ? [`${skipped} skipped`] : []),
      ].join(' - '),
    );
  };
};

/** Returns lines about the images that were made of pictures. */
export const preparedLines = (
  { images, validationImages, skipped, notes }: PreparedImages,
  path: string,
): string[] => {
  const { title, trainImages, testImages, classNames, imageShape } = images;
  const trained = trainImages - validationImages;
  const held = validationImages > 0 ? `, ${validationImages} for validation` : '';
  return [
    `${title}: ${trained} images to train on${held}, ${testImages} to test, of ${classNames.length} classes, ${imageShape.join(' x ')}`,
    ...(notes.length > 0 ? [`Prepared: ${notes.join('; ')}`] : []),
    ...skippedLines(skipped, path),
  ];
};

const SHOWN = 5;

const skippedLines = (skipped: readonly SkippedFile[], path: string): string[] => {
  if (skipped.length === 0) return [];
  const named = skipped.slice(0, SHOWN).map(({ file, reason }) => `${file} (${reason})`);
  const more =
    skipped.length > SHOWN
      ? `, and ${skipped.length - SHOWN} more, which ${invocationOf(['data', 'info', path])} names`
      : '';
  return [`Skipped ${skipped.length} ${skipped.length === 1 ? 'file' : 'files'}: ${named.join(', ')}${more}`];
};

/** Returns a line for a run that makes few steps of its images; undefined for any other. */
export const fewStepsLine = (config: RunConfig): string | undefined => {
  const steps = stepsPerEpochOf(config);
  if (steps >= 5 || config.batchSize <= 32) return undefined;
  return `An epoch is ${steps} ${steps === 1 ? 'step' : 'steps'} of ${config.batchSize} images: with --batch-size 32 the model learns more from each`;
};

/** Prepares the pictures of `--images` where that is given, for they may be in the cache no longer. @throws ConfigError when they are others. */
export const findOwnImages = async (
  images: OwnImages,
  options: ImagesOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> => {
  const { images: path, test } = options;
  if (path === undefined) {
    // Of a new run, the other options have been heeded: its configuration has the prepared images.
    requireNone({ test });
  } else {
    const { surveyPictures } = await node();
    const [height, width] = images.imageShape;
    const preparation = { ...options, size: [height, width] as const, fit: images.fit };
    const { prepare } = await surveyPictures(path, folderOptions(preparation, reporter, signal));
    requireSame(path, images, (await prepare()).images);
  }
};

/** @throws ConfigError naming what differs. */
const requireSame = (path: string, expected: OwnImages, found: OwnImages): void => {
  if (expected.sha256 === found.sha256) return;
  const inWords: readonly ((images: OwnImages) => string)[] = [
    ({ classNames }) => `${classNames.length} classes`,
    ({ classNames }) => `the classes ${classNames.join(', ').slice(0, 200)}`,
    ({ imageShape }) => `images of ${imageShape.join(' x ')}`,
    ({ trainImages }) => `${trainImages} training images`,
    ({ testImages }) => `${testImages} test images`,
    ({ sha256 }) => `pictures with SHA-256 ${sha256.slice(0, 12)} once prepared`,
  ];
  const differing = inWords.find((words) => words(expected) !== words(found))!;
  throw new ConfigError(
    `--images ${path}: expected the images that the run was trained on, ${differing(expected)}, found ${differing(found)}: give those, or train a run of its own`,
  );
};
