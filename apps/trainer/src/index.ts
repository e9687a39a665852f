import { loadClassifierOn } from './classifier/load-classifier.ts';
import { loaderOf } from './library/datasets.ts';
import { imageFolderOn } from './library/image-folder.ts';
import { node } from './library/node.ts';
import { parquetOn } from './library/parquet.ts';
import { backendStarter } from './library/start-backend.ts';
import { trainOn } from './library/train.ts';
import { loadOn } from './library/trained-model.ts';

export type { GivenFolder, OwnDataset } from '@dropout-lab/data';
export type { Classification, Classifier, ClassifyOptions } from './classifier/classifier.ts';
export type { ClassifierDescription } from './classifier/description.ts';
export type { LoadClassifierOptions } from './classifier/load-classifier.ts';
export type { ClassifiedPicture, PagePicture, RawPicture } from './classifier/pictures.ts';
export { sample, shapes, type TrainingData } from './library/datasets.ts';
export type { ImageFolderOptions } from './library/image-folder.ts';
export type { ParquetOptions } from './library/parquet.ts';
export type { Backend, DatasetOptions } from './library/platform.ts';
export type { TrainOptions } from './library/train.ts';
export type { LoadOptions, TrainedModel } from './library/trained-model.ts';
export type { Prediction } from './model/predictions.ts';

const start = backendStarter(node);

/**
 * Trains a network, evaluates it on the test images, and returns it with its record.
 *
 * @throws ConfigError naming the first setting at fault, before anything is computed.
 * @throws DropoutLabError when the loss is no longer finite.
 */
export const train = trainOn(node, start);

/**
 * Loads a trained model that `save` of a {@link TrainedModel} has saved or, in Node, that the `dropout-lab` command has
 * trained.
 *
 * @throws DropoutLabError when there is none, or its files are damaged.
 */
export const load = loadOn(node, start);

/**
 * Loads the classifier that `dropout-lab export RUN --format web` has written: a function from a picture of any size to its
 * classes, `await classify('cat.jpg')`.
 *
 * @param folder Its path, in Node, or its address; in a page this may be relative to the page.
 * @throws DropoutLabError when it cannot be read, or its files do not belong together.
 */
export const loadClassifier = loadClassifierOn(node, start);

/** CIFAR-10: 60,000 colour images of ten classes, 32 by 32 pixels. */
export const cifar10 = loaderOf('cifar10', node);

/** CIFAR-100: 60,000 colour images of a hundred classes, 32 by 32 pixels. */
export const cifar100 = loaderOf('cifar100', node);

/**
 * Loads the pictures of a folder that has a folder for each class, or folders `train`, `test` and `validation` that do.
 * Without test images a fifth of each class is taken.
 *
 * @param folder Its path, in Node only: pictures are decoded once, and kept in the cache. Or the folder as a page gets it from
 *   a person, which is decoded into memory: `event.dataTransfer` of a drop, `input.files` of an
 *   `<input type="file" webkitdirectory>`, or what `showDirectoryPicker()` returns.
 * @throws ConfigError when the folder is none of pictures in classes.
 */
export const imageFolder = imageFolderOn(node);

/**
 * Loads the pictures of a Parquet file in Hugging Face's layout: a column of images, one of labels, and the names of the
 * classes in the metadata, as the datasets library writes them. Without test images a fifth of each class is taken.
 *
 * @param file Its path, or that of a folder of such files with a split in the name of each, in Node only: decoded once, and
 *   kept in the cache. Or the content, as a page gets it from a user: decoded into memory.
 * @throws ConfigError when it is damaged or has other columns.
 */
export const parquet = parquetOn(node);
