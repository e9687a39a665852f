import type { Answers, DataDescription, Predictions } from '@dropout-lab/contracts';
import {
  independentDifferenceInterval,
  mcnemarTest,
  type PairedCounts,
  type Proportion,
  pairedDifferenceInterval,
  twoProportionPValue,
} from '@dropout-lab/metrics';

/** A trained model, as far as it can be compared with another on the same images. */
export interface ComparedModel {
  readonly seed: number;
  /** Its data set, the digests of its files and the sizes of its splits. */
  readonly data: DataDescription;
  /** By split; NaN or undefined where it was not measured. */
  readonly accuracy: {
    readonly validation?: number | undefined;
    readonly test?: number | undefined;
  };
  /** Its answer to each image; undefined where they were not kept. */
  readonly answers?: Predictions | undefined;
}

/** The images that two models are compared on. */
export type ComparedSplit = 'validation' | 'test';

/** How the accuracies of two trained models differ on the same images. */
export interface ModelDifference {
  /** Of the first and of the second model. */
  readonly seeds: readonly [number, number];
  readonly split: ComparedSplit;
  /** Number of images. */
  readonly images: number;
  /** The accuracies. */
  readonly first: number;
  readonly second: number;
  /** First minus second. */
  readonly difference: number;
  /** Newcombe's 95% interval of the difference. */
  readonly interval: { readonly lower: number; readonly upper: number };
  /** The chance of a difference this large between two models that are equally good. */
  readonly pValue: number;
  /** On how many images which was right; undefined where the answers were not kept. The p-value is McNemar's with them. */
  readonly counts: PairedCounts | undefined;
}

/**
 * Compares two trained models on the same images: with what each answered to each image, which is a paired comparison, or
 * where that was not kept with their accuracies alone, as if each had images of its own. That makes the interval wider than
 * it need be, since models of the same images are mostly right and wrong about the same ones.
 *
 * @returns Undefined where they do not have the same images, or where they were not measured.
 */
export const modelDifference = (
  first: ComparedModel,
  second: ComparedModel,
  split: ComparedSplit,
): ModelDifference | undefined => {
  if (!haveSameImages(first, second, split)) return undefined;
  const seeds = [first.seed, second.seed] as const;
  const [ones, others] = [answersIn(first, split), answersIn(second, split)];
  if (ones && others) return { seeds, split, ...pairedDifferenceOf(countsOf(ones, others)) };
  const [one, other] = [rightOf(first, split), rightOf(second, split)];
  return one && other && { seeds, split, ...independentDifferenceOf(one, other) };
};

type Difference = Omit<ModelDifference, 'seeds' | 'split'>;

const pairedDifferenceOf = (counts: PairedCounts): Difference => {
  const { both, firstOnly, secondOnly, neither } = counts;
  const images = both + firstOnly + secondOnly + neither;
  return {
    images,
    ...accuraciesOf((both + firstOnly) / images, (both + secondOnly) / images),
    interval: endsOf(pairedDifferenceInterval(counts)),
    pValue: mcnemarTest(counts).pValue,
    counts,
  };
};

const independentDifferenceOf = (one: Proportion, other: Proportion): Difference => ({
  images: one.total,
  ...accuraciesOf(one.successes / one.total, other.successes / other.total),
  interval: endsOf(independentDifferenceInterval(one, other)),
  pValue: twoProportionPValue(one, other),
  counts: undefined,
});

/** Whether two models were measured on the same images, as far as their runs say. */
export const haveSameImages = (
  first: ComparedModel,
  second: ComparedModel,
  split: ComparedSplit,
): boolean => {
  const [one, other] = [first.data, second.data];
  const isSameData =
    one.dataset === other.dataset &&
    Object.entries(one.sha256).every(([file, digest]) => (other.sha256[file] ?? digest) === digest);
  const isSameSplit =
    split === 'test'
      ? one.testImages === other.testImages
      : one.validationImages === other.validationImages && one.trainImages === other.trainImages;
  return isSameData && isSameSplit && haveSameLabels(answersIn(first, split), answersIn(second, split));
};

/** Whether they may be of the same images, where labels were kept. */
const haveSameLabels = (first: Answers | undefined, second: Answers | undefined): boolean =>
  first === undefined ||
  second === undefined ||
  (first.labels.length === second.labels.length &&
    first.labels.every((label, i) => label === second.labels[i]));

/** Returns an accuracy as right answers of images. */
const rightOf = ({ accuracy, data }: ComparedModel, split: ComparedSplit): Proportion | undefined => {
  const total = split === 'test' ? data.testImages : data.validationImages;
  const fraction = accuracy[split];
  if (fraction === undefined || !Number.isFinite(fraction) || total === 0) return undefined;
  return { successes: Math.round(fraction * total), total };
};

const accuraciesOf = (first: number, second: number) => ({ first, second, difference: first - second });

const endsOf = ({ lower, upper }: ModelDifference['interval']): ModelDifference['interval'] => ({
  lower,
  upper,
});

/** Undefined without images, too. */
const answersIn = ({ answers }: ComparedModel, split: ComparedSplit): Answers | undefined => {
  const found = split === 'test' ? answers : answers?.validation;
  return found?.labels.length === 0 ? undefined : found;
};

const countsOf = ({ labels, predicted }: Answers, second: Answers): PairedCounts => {
  let [both, firstOnly, secondOnly] = [0, 0, 0];
  for (const [i, label] of labels.entries()) {
    const isFirstRight = predicted[i] === label;
    const isSecondRight = second.predicted[i] === label;
    if (isFirstRight && isSecondRight) both++;
    else if (isFirstRight) firstOnly++;
    else if (isSecondRight) secondOnly++;
  }
  return { both, firstOnly, secondOnly, neither: labels.length - both - firstOnly - secondOnly };
};
