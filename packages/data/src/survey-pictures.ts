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
): Promise<SurveyedImages> => (await surveyParquet(path, options)) ?? (await surveyFolder(path, options));
