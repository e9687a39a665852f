export { parquet } from './parquet/survey-parquet.ts';
export { type WrittenPicture, writeParquet } from './parquet/write-parquet.ts';
export { type AlikeImages, type AlikeImagesOptions, alikeImages } from './pictures/alike-images.ts';
export { decodePicture } from './pictures/decoding/decode-picture.ts';
export { MOST_PICTURE_BYTES } from './pictures/decoding/decoded-picture.ts';
export { imageFilePath, type LoadPreparedOptions, type OpenedImages } from './pictures/image-file.ts';
export {
  type ImageFolderOptions,
  imageFolder,
  loadPrepared,
  loadRunImages,
  openPrepared,
  type RunImagesOptions,
} from './pictures/image-folder.ts';
export { isPictureName } from './pictures/picture-name.ts';
export type { PreparedImages, PrepareOptions } from './pictures/prepare-images.ts';
export type { SurveyedImages } from './pictures/survey-images.ts';
export { surveyPictures } from './survey-pictures.ts';
