// The browser's version of index.ts: bundlers find it by the condition `browser` in package.json.
import { loadClassifierOn } from './classifier/load-classifier.ts';
import { browser } from './library/browser.ts';
import { loaderOf } from './library/datasets.ts';
import { imageFolderOn } from './library/image-folder.ts';
import { parquetOn } from './library/parquet.ts';
import { backendStarter } from './library/start-backend.ts';
import { trainOn } from './library/train.ts';
import { loadOn } from './library/trained-model.ts';

export { sample, shapes } from './library/datasets.ts';

const start = backendStarter(browser);
export const train = trainOn(browser, start);
export const load = loadOn(browser, start);
export const loadClassifier = loadClassifierOn(browser, start);
export const cifar10 = loaderOf('cifar10', browser);
export const cifar100 = loaderOf('cifar100', browser);

export const imageFolder = imageFolderOn(browser);
export const parquet = parquetOn(browser);
