import type { ClassIndices } from '@dropout-lab/contracts';
import { countLabelledRows, logSumExpOverTop, topClass } from './rows.ts';

/** A temperature that logits are to be divided by. */
export interface FittedTemperature {
  /** Above 1 for a model that is too sure. */
  readonly temperature: number;
  /** Mean negative log likelihood at 1, in nats. */
  readonly before: number;
  /** The same at the temperature. */
  readonly after: number;
  /**
   * Whether the likelihood still rises there, at the end of the range: the model is right about all images, or about no more
   * than chance.
   */
  readonly isAtEnd: boolean;
}

/** Temperatures that are tried. */
const [COLDEST, HOTTEST] = [0.01, 100];
/** Steps of bisection at most; Newton's need about six. */
const MOST_STEPS = 100;

/**
 * Finds the temperature T that makes the labels most likely when logits are divided by it (Guo et al. 2017, "On Calibration
 * of Modern Neural Networks", section 4.2): T = argmin mean(log sum_c exp(z_c / T) - z_label / T). The class that is the most
 * likely stays the same.
 *
 * In b = 1 / T the mean is convex, with slope mean(E[z] - z_label) and curvature mean(Var[z]) under the softmax of b z:
 * Newton's method, with bisection where it would leave the bracket.
 *
 * @param logits Shape [n, numClasses], row-major, finite; of images that the model was not trained on.
 * @param labels Classes of shape [n], 0..numClasses-1.
 * @throws MetricsError on no rows, lengths that do not fit, or a label out of range.
 */
export const fitTemperature = (
  logits: Float32Array,
  labels: ClassIndices,
  numClasses: number,
): FittedTemperature => {
  const rows = countLabelledRows(logits, labels, numClasses);
  const at = (inverse: number) => likelihoodAt(inverse, logits, labels, numClasses, rows);
  let [low, high] = [1 / HOTTEST, 1 / COLDEST];
  const before = at(1).loss;
  const ends = [low, high].map((inverse) => ({ inverse, ...at(inverse) }));
  const end = ends[0]!.slope >= 0 ? ends[0] : ends[1]!.slope <= 0 ? ends[1] : undefined;
  if (end !== undefined) return { temperature: 1 / end.inverse, before, after: end.loss, isAtEnd: true };
  let inverse = 1;
  for (let step = 0; step < MOST_STEPS; step++) {
    const { slope, curvature } = at(inverse);
    if (slope < 0) low = inverse;
    else high = inverse;
    const newton = inverse - slope / curvature;
    const next = newton > low && newton < high ? newton : (low + high) / 2;
    const isFound = Math.abs(next - inverse) <= 1e-12 * inverse;
    inverse = next;
    if (isFound) break;
  }
  return { temperature: 1 / inverse, before, after: at(inverse).loss, isAtEnd: false };
};

/** Loss, slope and curvature with respect to 1 / T. */
const likelihoodAt = (
  inverse: number,
  logits: Float32Array,
  labels: ClassIndices,
  numClasses: number,
  rows: number,
): { loss: number; slope: number; curvature: number } => {
  let [loss, slope, curvature] = [0, 0, 0];
  const scaled = new Float64Array(numClasses);
  for (let row = 0; row < rows; row++) {
    const start = row * numClasses;
    const largest = logits[start + topClass(logits, start, numClasses)]!;
    // Relative to the largest, so that nothing cancels.
    for (let c = 0; c < numClasses; c++) scaled[c] = (logits[start + c]! - largest) * inverse;
    const logSum = logSumExpOverTop(scaled, 0, numClasses, topClass(scaled, 0, numClasses));
    let [mean, square] = [0, 0];
    for (let c = 0; c < numClasses; c++) {
      const [probability, distance] = [Math.exp(scaled[c]! - logSum), logits[start + c]! - largest];
      mean += probability * distance;
      square += probability * distance * distance;
    }
    const label = labels[row]!;
    loss += logSum - scaled[label]!;
    slope += mean - (logits[start + label]! - largest);
    curvature += square - mean * mean;
  }
  return { loss: loss / rows, slope: slope / rows, curvature: curvature / rows };
};

/** Divides logits by a temperature. */
export const atTemperature = (logits: Float32Array, temperature: number): Float32Array =>
  logits.map((logit) => logit / temperature);
