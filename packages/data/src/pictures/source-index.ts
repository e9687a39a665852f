import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, ownImagesSchema } from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import { makeFolder, readRegularFile, writeDurably } from '@dropout-lab/files/node';
import sharp from 'sharp';
import { z } from 'zod';
import { asStorageError, imageFilePath, imagesFolder } from './image-file.ts';
import type { PreparedImages } from './prepare-images.ts';

/** A change of the way in which pictures are made images. */
const PREPARATION_VERSION = 2;
const MOST_BYTES = 2 ** 28;

const count = z.number().int().min(0);

const preparedSchema = z.object({
  images: ownImagesSchema,
  validationImages: count,
  counts: z.array(z.object({ train: count, validation: count, test: count })),
  files: z.array(z.string()),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
  notes: z.array(z.string()),
});

/**
 * Returns the name of what a source will be prepared to: by its files' sizes, times and inodes, the settings, and the
 * versions of what decodes them.
 */
export const sourceKey = (source: unknown): Promise<string> =>
  sha256(canonicalJson({ version: PREPARATION_VERSION, sharp: sharp.versions, source }));

const pathOf = (key: string, cache: string | undefined): string =>
  join(imagesFolder(cache), 'sources', `${key}.json`);

/** Returns what a source was prepared to; undefined when it was not, or that is no longer there. */
export const findPrepared = async (
  key: string,
  cache: string | undefined,
): Promise<PreparedImages | undefined> => {
  try {
    const { bytes } = await readRegularFile(pathOf(key, cache), { limit: MOST_BYTES });
    const prepared = preparedSchema.parse(JSON.parse(bytes.toString()));
    await access(imageFilePath(prepared.images.sha256, cache));
    return prepared;
  } catch {
    // Whatever is wrong with it, the images are prepared again.
    return undefined;
  }
};

/** Remembers what a source was prepared to. @throws DropoutLabError when the cache cannot be written. */
export const rememberPrepared = async (
  key: string,
  prepared: PreparedImages,
  cache: string | undefined,
): Promise<void> => {
  const folder = join(imagesFolder(cache), 'sources');
  try {
    await makeFolder(folder);
    writeDurably(pathOf(key, cache), JSON.stringify(prepared));
  } catch (error) {
    throw asStorageError(error, folder);
  }
};
