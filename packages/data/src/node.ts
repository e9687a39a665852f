export { type AlikeImages, alikeImages, THUMBNAIL } from './pictures/alike-images.ts';
export {
  type DecodedPicture,
  type DecodeOptions,
  decodePicture,
  MOST_PICTURE_BYTES,
  PictureError,
} from './pictures/decode-picture.ts';
export { imageFilePath, type LoadPreparedOptions } from './pictures/image-file.ts';
export {
  type ImageFolderOptions,
  imageFolder,
  loadPrepared,
  type OwnDataset,
  type SurveyedFolder,
  surveyFolder,
} from './pictures/image-folder.ts';
export type { PictureSplit, SkippedFile } from './pictures/list-folder.ts';
export { isPictureName } from './pictures/picture-name.ts';
export type { PreparedImages, PrepareOptions, PrepareProgress } from './pictures/prepare-images.ts';
