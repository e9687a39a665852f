import { type DatasetChoice, datasets, type ImageFit, type OwnImages } from '@dropout-lab/contracts';
import { InterchangeError } from '../errors.ts';
import type { DescribedLayersModel } from './model.ts';

/** The name of the file beside a model that says what its input and output mean, as `export --format web` writes it. */
export const CLASSIFIER_FILE = 'classifier.json';

/** The part of `classifier.json` that says what a model was trained on. */
export interface ClassifierData {
  readonly classNames: readonly string[];
  readonly preprocessing: {
    readonly imageShape: readonly number[];
    readonly fit: ImageFit;
    readonly dataFormat: string;
  };
  readonly run: { readonly dataset: string };
}

/** The classes and images of a LayersModel. */
export interface LayersModelData {
  /** In the order of its outputs; numbered where no file names them. */
  readonly classNames: readonly string[];
  /** A data set of ours where the file names it, else images that nobody has: those of no other are taken for them. */
  readonly dataset: DatasetChoice;
}

/**
 * Returns what is known of a LayersModel's classes and images, which its layers do not say.
 *
 * @param classifier The content of the `classifier.json` beside it, checked; undefined where there is none.
 * @param file The name of the model's file, which images that nobody has are called by, and its SHA-256, their identity.
 * @throws InterchangeError when `classifier.json` is of a model with other images.
 */
export const describedBy = (
  { model }: DescribedLayersModel,
  classifier: ClassifierData | undefined,
  { file, sha256 }: { readonly file: string; readonly sha256: string },
): LayersModelData => {
  if (classifier) requireSameInput(model, classifier.preprocessing);
  const classNames =
    classifier?.classNames ?? Array.from({ length: model.numClasses }, (_, i) => `class ${i}`);
  const unknown: OwnImages = {
    kind: 'images',
    title: file.replace(/\.json$/i, ''),
    sha256,
    // Checked with the rest of the configuration.
    imageShape: model.inputShape as OwnImages['imageShape'],
    classNames: [...classNames],
    trainImages: 1,
    testImages: 1,
    fit: classifier?.preprocessing.fit ?? 'cover',
  };
  return { classNames, dataset: datasetNamedBy(classifier) ?? unknown };
};

const requireSameInput = (
  { inputShape, dataFormat: order }: DescribedLayersModel['model'],
  { imageShape, dataFormat }: ClassifierData['preprocessing'],
): void => {
  if (`${imageShape}` === `${inputShape}` && dataFormat === order) return;
  throw new InterchangeError(
    `${CLASSIFIER_FILE}: expected images of [${inputShape}], ${order}, which the model beside it takes, found [${imageShape}], ${dataFormat}: take both files from one export`,
  );
};

/** The data set of ours that a model was trained on; undefined where it was another, or its file does not say. */
const datasetNamedBy = (classifier: ClassifierData | undefined): DatasetChoice | undefined => {
  const name = classifier?.run.dataset ?? '';
  if (!Object.hasOwn(datasets, name)) return undefined;
  const known = name as keyof typeof datasets;
  const { classNames, imageShape } = datasets[known];
  const isSame =
    `${classNames}` === `${classifier!.classNames}` &&
    `${imageShape}` === `${classifier!.preprocessing.imageShape}`;
  return isSame ? known : undefined;
};
