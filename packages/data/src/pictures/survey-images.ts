import type { BigIntStats } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { ConfigError, type OwnImages, ownImagesLimits } from '@dropout-lab/contracts';
import { decodePicture } from './decoding/decode-picture.ts';
import { type PreparedImages, type PrepareOptions, prepareImages } from './prepare-images.ts';
import { type PictureSource, type PictureSplit, probeShape, sizeOf } from './prepare-pictures.ts';
import { findPrepared, rememberPrepared, sourceKey } from './source-index.ts';
import { asTitle } from './title.ts';

/** Pictures that are known by name or by row, and none of which has been decoded for good. */
export interface SurveyedImages {
  /** Without a digest, and with files that may turn out to be no pictures, unless the cache has them already. */
  readonly images: OwnImages;
  readonly validationImages: number;
  /** Decodes the pictures, unless the cache has them already. @throws What `imageFolder` and `parquet` throw. */
  readonly prepare: () => Promise<PreparedImages>;
}

/** Where pictures come from. */
export interface Origin {
  readonly path: string;
  /** Whatever distinguishes them from other pictures, as JSON. */
  readonly identity: unknown;
  /** Of the files that have them. */
  readonly stats: readonly BigIntStats[];
  /** Before they were looked at, by {@link now}. */
  readonly at: bigint;
}

/** Returns the time, in nanoseconds, as a file system has it. */
export const now = (): bigint => BigInt(Date.now()) * 1_000_000n;

/** A file system's times may be so coarse, in nanoseconds: what changed later would look the same. */
const RACY = 2_000_000_000n;

/** Returns what a file that has changed would have otherwise. */
export const identityOf = ({ size, mtimeNs, ctimeNs, ino, dev }: BigIntStats): readonly string[] =>
  [size, mtimeNs, ctimeNs, ino, dev].map(String);

/** Looks at pictures: their counts, and the shape that their images will have. @throws ConfigError */
export const surveyImages = async (
  source: PictureSource,
  { path, identity, stats, at }: Origin,
  options: PrepareOptions,
): Promise<SurveyedImages> => {
  const { fit = 'cover', cacheDirectory } = options;
  const { title, classNames, count, skipped } = source;
  const size = sizeOf(options) ?? null;
  if (count > ownImagesLimits.images)
    throw new ConfigError(`${path}: expected at most ${ownImagesLimits.images} pictures, found ${count}`);
  const key = await sourceKey({ classNames, size, fit, skipped, files: identity });
  const known = await findPrepared(key, cacheDirectory);
  if (known !== undefined && !(options.strict && known.skipped.length > 0)) {
    const prepared = { ...known, images: { ...known.images, title } };
    return { ...prepared, prepare: async () => prepared };
  }
  const imageShape = await probeShape(source, options, decodePicture);
  const of = countsOf(source);
  const drawn = Math.ceil(of.any / 5);
  return {
    images: {
      kind: 'images',
      title,
      sha256: '0'.repeat(64),
      imageShape: [...imageShape],
      classNames: [...classNames],
      trainImages: count - of.test - drawn,
      testImages: Math.max(1, of.test + drawn),
      fit,
    },
    validationImages: of.validation,
    prepare: async () => {
      const prepared = await prepareImages(source, imageShape, options);
      const isSettled = stats.every(({ ctimeNs }) => ctimeNs + RACY < at);
      if (isSettled) await rememberPrepared(key, prepared, cacheDirectory);
      return prepared;
    },
  };
};

const countsOf = ({ count, picture }: PictureSource): Record<PictureSplit, number> => {
  const of = { train: 0, validation: 0, test: 0, any: 0 };
  for (let i = 0; i < count; i++) of[picture(i).split]++;
  return of;
};

/** Returns the name of a folder or a file, as far as it can be shown. */
export const titleOf = async (path: string): Promise<string> =>
  asTitle(basename(await realpath(path).catch(() => path)));
