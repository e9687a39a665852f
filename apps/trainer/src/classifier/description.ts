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
      `${where}: expected ${expected}, found ${found === undefined ? 'none' : shown(found)}: export the run again with dropout-lab export RUN --format web`,
    );
  };
  const file = jsonOf(text) ?? refuse('JSON', text);
  for (const { path, expected, isRight } of parts) {
    const found = path.split('.').reduce<unknown>((value, name) => (value as Json | undefined)?.[name], file);
    if (!isRight(found)) refuse(`${path}${expected}`, found);
  }
  return file as unknown as ClassifierDescription;
};

const shown = (value: unknown): string => {
  try {
    return JSON.stringify(value).slice(0, 80);
  } catch {
    // What JSON.parse reads may be nested deeper than a stack.
    return 'one that is nested too deeply to be shown';
  }
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

const isOneOf =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.includes(value);

const isNumber = (value: unknown): value is number => typeof value === 'number';

const isText = (value: unknown): boolean => typeof value === 'string';

const isShare = (value: unknown): boolean => isNumber(value) && value >= 0 && value <= 1;

/** Whether float32 has a number that is near. */
const isFloat = (value: number): boolean => Math.fround(value) > 0 && Number.isFinite(Math.fround(value));

/** The parts that a classifier relies on, in the order in which they are looked at. No schema: its library is not in the page. */
const parts: readonly {
  readonly path: string;
  /** The expectation, as it stands after the path. */
  readonly expected: string;
  readonly isRight: (value: unknown) => boolean;
}[] = [
  { path: 'formatVersion', expected: ` ${CLASSIFIER_VERSION}`, isRight: isOneOf(CLASSIFIER_VERSION) },
  {
    path: 'classNames',
    expected: ', a list of names',
    isRight: (value) =>
      Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string'),
  },
  {
    path: 'preprocessing.imageShape',
    expected: ', [height, width, channels] with 3 channels or 1',
    isRight: isImageShape,
  },
  {
    path: 'preprocessing.fit',
    expected: ' "cover", "contain" or "fill"',
    isRight: isOneOf('cover', 'contain', 'fill'),
  },
  { path: 'preprocessing.background', expected: ' "#ffffff"', isRight: isOneOf('#ffffff') },
  {
    path: 'preprocessing.divideBy',
    expected: ', a number above 0',
    // Levels divided by a number without an inverse are not finite, or all 0.
    isRight: (value) => isNumber(value) && value > 0 && isFloat(value) && isFloat(1 / value),
  },
  {
    path: 'preprocessing.dataFormat',
    expected: ' "channels_last" or "channels_first"',
    isRight: isOneOf('channels_last', 'channels_first'),
  },
  {
    path: 'dropoutFactor',
    expected: ', a number from 0 to 1',
    isRight: isShare,
  },
  ...['id', 'dataset', 'checkpoint', 'version'].map((name) => ({
    path: `run.${name}`,
    expected: ', a text',
    isRight: isText,
  })),
  {
    path: 'run.testAccuracy',
    expected: ', a number from 0 to 1 or none',
    isRight: (value) => value === undefined || isShare(value),
  },
];
