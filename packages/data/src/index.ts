export { type BatchOptions, createBatches, type DataFormat, type DatasetBatches } from './batches.ts';
export { greyLevel } from './grey-level.ts';
export type { ImageLimits, LoadedDataset } from './loaded-dataset.ts';
export { type MixOptions, mixBatches } from './mix-batches.ts';
export { picturePixels, withoutAlpha } from './picture.ts';
export { prepareRunData, type RunData } from './prepare-run-data.ts';
export { drawShapes } from './shapes.ts';
export { limit, type Split, type StratifiedSplit, splitLast, splitStratified } from './split.ts';
export { type TestTimeView, testTimeViews, viewedBatches } from './test-time-views.ts';
