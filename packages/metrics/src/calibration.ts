import type { ClassIndices, ReliabilityBin } from '@dropout-lab/contracts';
import { countLabelledRows, hasNaN, topClass, type Values } from './rows.ts';

/** How well confidence matches accuracy: the bins of a reliability chart, and the error that summarizes them. */
export interface Calibration {
  /** `sum_b count_b / n * |accuracy_b - confidence_b|`, 0..1. */
  readonly expectedCalibrationError: number;
  /** 15 bins of equal width over (0, 1], lowest first. */
  readonly reliability: ReliabilityBin[];
}

/**
 * Computes the expected calibration error of the top label over 15 equal-width bins (Guo et al. 2017, "On Calibration
 * of Modern Neural Networks", eq. 3).
 *
 * @param probabilities Shape [n, numClasses], row-major; each row sums to 1.
 * @param labels Classes of shape [n], 0..numClasses-1.
 * @throws MetricsError on no rows, lengths that do not fit, or a label out of range.
 */
export const calibrationOf = (
  probabilities: Float32Array,
  labels: ClassIndices,
  numClasses: number,
): Calibration => {
  const n = countLabelledRows(probabilities, labels, numClasses);
  const tally = tallyConfidence();
  for (let i = 0; i < n; i++) {
    const top = topClass(probabilities, i * numClasses, numClasses);
    tally.add(
      probabilities[i * numClasses + top]!,
      top === labels[i] && !hasNaN(probabilities, i * numClasses, numClasses),
    );
  }
  return tally.calibration();
};

const BINS = 15;

/** Collects one prediction after another into a {@link Calibration}. */
export const tallyConfidence = () => {
  const bins = Array.from({ length: BINS }, () => ({ count: 0, confidence: 0, hits: 0 }));
  return {
    /** @param confidence Probability of the top class. */
    add(confidence: number, correct: boolean): void {
      // A confidence rounded to just over 1 and the NaN of a diverged model belong to no bin. They count in the
      // last one, so that the error shows the NaN.
      const bin = bins[Math.ceil(confidence * BINS) - 1] ?? bins[BINS - 1]!;
      bin.count++;
      bin.confidence += confidence;
      if (correct) bin.hits++;
    },
    calibration(): Calibration {
      const reliability = bins.map(({ count, confidence, hits }, b) => ({
        lower: b / BINS,
        upper: (b + 1) / BINS,
        count,
        confidence: count === 0 ? 0 : confidence / count,
        accuracy: count === 0 ? 0 : hits / count,
      }));
      const total = bins.reduce((sum, bin) => sum + bin.count, 0);
      const expectedCalibrationError = reliability.reduce(
        (sum, bin) => sum + (bin.count / total) * Math.abs(bin.accuracy - bin.confidence),
        0,
      );
      return { expectedCalibrationError, reliability };
    },
  };
};

/**
 * Computes the mean squared distance `sum_c (p_c - [c = label])^2` between prediction and truth, 0..2 (Brier 1950).
 *
 * @param probabilities Shape [n, numClasses], row-major; each row sums to 1.
 * @param labels Classes of shape [n], 0..numClasses-1.
 * @throws MetricsError on no rows, lengths that do not fit, or a label out of range.
 */
export const brierScore = (probabilities: Float32Array, labels: ClassIndices, numClasses: number): number => {
  const n = countLabelledRows(probabilities, labels, numClasses);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += squaredDistance(probabilities, i * numClasses, numClasses, labels[i]!);
  return sum / n;
};

/** Computes `sum_c (p_c - [c = label])^2` of one row. */
export const squaredDistance = (
  probabilities: Values,
  start: number,
  numClasses: number,
  label: number,
): number => {
  let sum = 0;
  for (let c = 0; c < numClasses; c++) sum += (probabilities[start + c]! - (c === label ? 1 : 0)) ** 2;
  return sum;
};
