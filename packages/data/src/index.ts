export { balancedClassWeight } from './balanced-class-weight.ts';
export type { MixingName } from './batches/augment.ts';
export { type BatchOptions, createBatches, type DataFormat, type DatasetBatches } from './batches/batches.ts';
export { type MixOptions, mixBatches } from './batches/mix-batches.ts';
export { type TestTimeView, testTimeViews, viewedBatches } from './batches/test-time-views.ts';
export { type ChannelStatistics, channelStatistics, channelStatisticsOf } from './channel-statistics.ts';
export type { ImageLimits, LoadedDataset } from './loaded-dataset.ts';
export { decodeInBrowser } from './pictures/decoding/decode-in-browser.ts';
export {
  type DecodedPicture,
  type DecodeOptions,
  type DecodePicture,
  PictureError,
} from './pictures/decoding/decoded-picture.ts';
export {
  folderInMemory,
  type GivenFolder,
  type SurveyedFolder,
  type SurveyFolderOptions,
  surveyFolder,
} from './pictures/folder-in-memory.ts';
export { type ImageFileLayout, imageFileLayout } from './pictures/image-file-format.ts';
export { imageParts, partsOfDataset } from './pictures/image-parts.ts';
export type { ListedPicture, ListedPictures } from './pictures/list-pictures.ts';
export type { OwnDataset } from './pictures/own-dataset.ts';
export { prepareInMemory } from './pictures/prepare-in-memory.ts';
export type {
  AboutPictures,
  Picture,
  PictureSource,
  PictureSplit,
  PreparePicturesOptions,
  PrepareProgress,
  SkippedFile,
  SplitCounts,
} from './pictures/prepare-pictures.ts';
export { greyLevel } from './pixels/grey-level.ts';
export { type Drawable, drawableSize, modelPixels, picturePixels } from './pixels/picture.ts';
export { type Pixels, scalePixels } from './pixels/resize.ts';
export {
  prepareRunData,
  type RunData,
  type RunImages,
  type SplitSettings,
  splitTraining,
} from './prepare-run-data.ts';
export { requireOwnSplit, type SettingsOfImages, settingsOfImages } from './settings-of-images.ts';
export { drawShapes } from './shapes.ts';
export { limit, type Split, type StratifiedSplit, splitLast, splitStratified } from './split.ts';
export { imagesAt, type StoredDataset, type StoredPixels } from './stored-dataset.ts';
