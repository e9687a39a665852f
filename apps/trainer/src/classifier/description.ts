import { DropoutLabError, type ImageFit, type ImageShape } from '@dropout-lab/contracts';

/** Names of the files that a classifier consists of, in the folder that `dropout-lab export RUN --format web` writes. */
export const classifierFiles = {
  description: 'classifier.json',
  model: 'model.json',
  weights: 'weights.bin',
} as const;

export const CLASSIFIER_VERSION = 1;

/** `classifier.json`: what a model's input and output mean. */
export interface ClassifierDescription {
  readonly formatVersion: number;
  /** In the order of the model's outputs. */
  readonly classNames: readonly string[];
  /** How a picture becomes the model's input. */
  readonly preprocessing: {
    /** [height, width, channels], with 3 channels (RGB) or 1 (grey). */
    readonly imageShape: ImageShape;
    /** How a picture of other proportions is made an image of the shape: cut, with white beside it, or stretched. */
    readonly fit: ImageFit;
    /** Behind what is transparent. */
    readonly background: '#ffffff';
    /** A level, 0..255, is divided by it. */
    readonly divideBy: number;
    /** The order of the axes of the model's input. */
    readonly dataFormat: 'channels_last' | 'channels_first';
  };
  /** Factor of the dropout rates when training ended; 0 where no masks can be drawn. */
  readonly dropoutFactor: number;
  /** Where the model comes from, for people. */
  readonly run: {
    readonly id: string;
    readonly dataset: string;
    readonly checkpoint: string;
    /** On the test images; absent where it was not evaluated. */
    readonly testAccuracy?: number;
    /** The version of dropout-lab. */
    readonly version: string;
  };
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Parses `classifier.json`.
 *
 * @param where The file, for errors.
 * @throws DropoutLabError when it is of another form, or of a newer version.
 */
export const parseDescription = (text: string, where: string): ClassifierDescription => {
  const refuse = (expected: string, found: unknown): never => {
    throw new DropoutLabError(
      `${where}: expected ${expected}, found ${found === undefined ? 'none' : JSON.stringify(found).slice(0, 80)}: export the run again with dropout-lab export RUN --format web`,
    );
  };
  const file = jsonOf(text) ?? refuse('JSON', text);
  if (file['formatVersion'] !== CLASSIFIER_VERSION) {
    refuse(`formatVersion ${CLASSIFIER_VERSION}`, file['formatVersion']);
  }
  const { classNames, preprocessing, dropoutFactor, run } = file as { readonly [name: string]: unknown };
  if (
    !(
      Array.isArray(classNames) &&
      classNames.length > 0 &&
      classNames.every((name) => typeof name === 'string')
    )
  )
    refuse('classNames, a list of names', classNames);
  const { imageShape, fit, background, divideBy, dataFormat } = (preprocessing ?? {}) as Json;
  if (!isImageShape(imageShape)) {
    refuse('preprocessing.imageShape, [height, width, channels] with 3 channels or 1', imageShape);
  }
  if (fit !== 'cover' && fit !== 'contain' && fit !== 'fill')
    refuse('preprocessing.fit "cover", "contain" or "fill"', fit);
  if (background !== '#ffffff') refuse('preprocessing.background "#ffffff"', background);
  if (!(typeof divideBy === 'number' && divideBy > 0)) refuse('preprocessing.divideBy, a number', divideBy);
  if (dataFormat !== 'channels_last' && dataFormat !== 'channels_first')
    refuse('preprocessing.dataFormat "channels_last" or "channels_first"', dataFormat);
  if (!(typeof dropoutFactor === 'number' && dropoutFactor >= 0 && dropoutFactor <= 1))
    refuse('dropoutFactor, a number from 0 to 1', dropoutFactor);
  if (typeof (run as Json | undefined)?.['id'] !== 'string') refuse('run.id, a text', run);
  return file as unknown as ClassifierDescription;
};

const jsonOf = (text: string): Json | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Json) : undefined;
  } catch {
    return undefined;
  }
};

const MOST_PIXELS = 2 ** 24;

const isImageShape = (shape: unknown): boolean => {
  if (!Array.isArray(shape) || shape.length !== 3) return false;
  const [height, width, channels] = shape as readonly unknown[];
  const isLength = (length: unknown) => Number.isInteger(length) && (length as number) > 0;
  return (
    isLength(height) &&
    isLength(width) &&
    (channels === 1 || channels === 3) &&
    (height as number) * (width as number) <= MOST_PIXELS
  );
};
