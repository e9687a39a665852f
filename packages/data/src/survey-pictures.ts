import { realpath } from 'node:fs/promises';
import { sep } from 'node:path';
import { ConfigError } from '@dropout-lab/contracts';
import { surveyParquet } from './parquet/survey-parquet.ts';
import { type ImageFolderOptions, surveyFolder } from './pictures/image-folder.ts';
import type { SurveyedImages } from './pictures/survey-images.ts';

/**
 * Looks at pictures of one's own, in Parquet files or in folders of their classes: classes, counts, and the shape that their
 * images will have.
 *
 * @throws ConfigError as `imageFolder` and `parquet` do.
 */
export const surveyPictures = async (
  path: string,
  options: ImageFolderOptions = {},
): Promise<SurveyedImages> => {
  await requireOthers(path, options.test);
  return (await surveyParquet(path, options)) ?? (await surveyFolder(path, options));
};

/** @throws ConfigError when test images would be trained on. */
const requireOthers = async (path: string, test: string | undefined): Promise<void> => {
  if (test === undefined) return;
  // What cannot be found is refused where it is read.
  const [trained, tested] = await Promise.all(
    [path, test].map((one) => realpath(one).catch(() => undefined)),
  );
  if (trained === undefined || tested === undefined || !`${tested}${sep}`.startsWith(`${trained}${sep}`))
    return;
  throw new ConfigError(
    `--test ${test}: expected other pictures than those to train on, found ${tested === trained ? 'the same' : 'a part of them'}: leave --test out, so that every fifth is taken for testing, or put test pictures elsewhere`,
  );
};
