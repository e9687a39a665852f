import type { ClassIndices, EvaluationReport } from '@dropout-lab/contracts';
import {
  type AveragedPrediction,
  accuracy,
  atTemperature,
  averagePredictions,
  evaluateLogits,
  type FittedTemperature,
  fitTemperature,
  mean,
  rejectionCurve,
  standardDeviation,
} from '@dropout-lab/metrics';
import { formatMetric } from '../command/format.ts';
import { table } from '../command/table.ts';

/** Images that have been answered: logits [images, classes], and their labels. */
export interface Answered {
  readonly logits: Float32Array;
  readonly labels: ClassIndices;
}

/** Metrics of one way to predict the test images. */
interface WayMetrics
  extends Pick<EvaluationReport, 'accuracy' | 'loss' | 'expectedCalibrationError' | 'brierScore'> {
  /** Area under the rejection curve, 0..1. */
  readonly rejectionArea: number;
}

/** A way to predict the test images, with its name. */
export interface Way extends Answered {
  readonly name: string;
  readonly metrics: WayMetrics;
}

export const wayOf = (name: string, answered: Answered, classNames: readonly string[]): Way => {
  const { logits, labels } = answered;
  const { accuracy, loss, expectedCalibrationError, brierScore } = evaluateLogits(logits, labels, classNames);
  const rejectionArea = rejectionCurve(logits, labels, classNames.length).area;
  return {
    ...answered,
    name,
    metrics: { accuracy, loss, expectedCalibrationError, brierScore, rejectionArea },
  };
};

/** Temperature scaling: what was found on the validation images, and how the test images do with it. */
export interface Tempered {
  readonly fitted: FittedTemperature;
  readonly validationImages: number;
  readonly way: Way;
}

export const temperedWay = (
  test: Answered,
  validation: Answered,
  classNames: readonly string[],
): Tempered => {
  const fitted = fitTemperature(validation.logits, validation.labels, classNames.length);
  const logits = atTemperature(test.logits, fitted.temperature);
  return {
    fitted,
    validationImages: validation.labels.length,
    way: wayOf(`temperature ${formatMetric(fitted.temperature)}`, { ...test, logits }, classNames),
  };
};

/** Monte Carlo dropout: the prediction averaged over passes, and how far those lie apart. */
export interface Sampled {
  readonly averaged: AveragedPrediction;
  /** Accuracy of each pass by itself. */
  readonly accuracies: readonly number[];
  readonly way: Way;
}

/** @param onPass Called with each pass's logits before they are added. */
export const sampledWay = async (
  passes: AsyncIterable<Float32Array>,
  labels: ClassIndices,
  classNames: readonly string[],
  onPass: (logits: Float32Array) => void,
): Promise<Sampled> => {
  const average = averagePredictions(classNames.length);
  const accuracies: number[] = [];
  for await (const logits of passes) {
    onPass(logits);
    accuracies.push(accuracy(logits, labels, classNames.length));
    average.add(logits);
  }
  const averaged = average.result();
  const name = `mean of ${averaged.passes} ${averaged.passes === 1 ? 'pass' : 'passes'}`;
  return { averaged, accuracies, way: wayOf(name, { logits: averaged.logits, labels }, classNames) };
};

/** Lines for a person: a row for each way to predict, then what is to be known about them. */
export const linesOf = (
  ways: readonly Way[],
  { tempered, sampled }: { readonly tempered?: Tempered | undefined; readonly sampled?: Sampled | undefined },
): string[] => [
  ...table(
    ['prediction', 'accuracy', 'NLL', 'ECE', 'Brier', 'rejection area'],
    ways.map(({ name, metrics: { accuracy, loss, expectedCalibrationError, brierScore, rejectionArea } }) => [
      name,
      ...[accuracy, loss, expectedCalibrationError, brierScore, rejectionArea].map(formatMetric),
    ]),
  ),
  ...(tempered ? [temperatureLine(tempered)] : []),
  ...(sampled ? [passesLine(sampled)] : []),
];

const temperatureLine = ({ fitted, validationImages }: Tempered): string => {
  const { temperature, before, after, isAtEnd } = fitted;
  const found = `Temperature ${formatMetric(temperature)}, found on ${validationImages} validation images: their NLL is ${formatMetric(after)}, without it ${formatMetric(before)}`;
  return isAtEnd ? `${found}; it is the end of the range that is tried` : found;
};

const passesLine = ({ averaged, accuracies }: Sampled): string => {
  const [entropy, information] = [averaged.predictiveEntropy, averaged.mutualInformation].map((values) =>
    formatMetric(mean([...values])),
  );
  return `Single passes: accuracy ${formatMetric(mean(accuracies))}${spreadInWords(accuracies)}; of the mean: entropy ${entropy} nats, ${information} of it because the passes disagree`;
};

const spreadInWords = (accuracies: readonly number[]): string =>
  accuracies.length < 2 ? '' : `, standard deviation ${formatMetric(standardDeviation(accuracies))}`;

/** The same for a program; absent parts were not asked for. */
export const uncertaintyJson = (
  plain: Way,
  { tempered, sampled }: { readonly tempered?: Tempered | undefined; readonly sampled?: Sampled | undefined },
): object => ({
  rejectionArea: plain.metrics.rejectionArea,
  ...(tempered && {
    temperature: { ...tempered.fitted, validationImages: tempered.validationImages, ...tempered.way.metrics },
  }),
  ...(sampled && {
    monteCarlo: {
      passes: sampled.averaged.passes,
      ...sampled.way.metrics,
      passAccuracies: sampled.accuracies,
      predictiveEntropy: mean([...sampled.averaged.predictiveEntropy]),
      mutualInformation: mean([...sampled.averaged.mutualInformation]),
    },
  }),
});
