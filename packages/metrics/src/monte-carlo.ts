import { MetricsError } from './errors.ts';
import { countRows, logSumExpOverTop, topClass } from './rows.ts';

/** The prediction that is averaged over several random passes of a model. */
export interface AveragedPrediction {
  readonly passes: number;
  /**
   * Logarithms of the mean probabilities, float32 [n, numClasses]: logits whose softmax they are, for every metric that takes
   * logits.
   */
  readonly logits: Float32Array;
  /** Entropy of each image's mean probabilities, in nats: how unsure the answer is. */
  readonly predictiveEntropy: Float64Array;
  /**
   * Mutual information of each image's answer and the dropped units, in nats: the part of the entropy in which the passes
   * disagree (Houlsby et al. 2011).
   */
  readonly mutualInformation: Float64Array;
}

/** Collects the logits of one pass after another into their {@link AveragedPrediction}. */
export const averagePredictions = (numClasses: number) => {
  /** Logarithm of the sum of the probabilities so far, of each image and class: no small one is lost. */
  let logSums: Float64Array | undefined;
  /** Sum of the passes' own entropies, of each image. */
  let entropies: Float64Array | undefined;
  let passes = 0;
  return {
    /**
     * @param logits Of one pass over the same images, shape [n, numClasses].
     * @throws MetricsError when their number differs from that of the pass before.
     */
    add(logits: Float32Array): void {
      const rows = countRows(logits, numClasses);
      logSums ??= new Float64Array(logits.length).fill(Number.NEGATIVE_INFINITY);
      entropies ??= new Float64Array(rows);
      if (logits.length !== logSums.length) {
        throw new MetricsError(
          `logits: expected ${logSums.length} values as in the pass before, received ${logits.length}`,
        );
      }
      for (let row = 0; row < rows; row++) {
        const start = row * numClasses;
        const top = topClass(logits, start, numClasses);
        const shift = logits[start + top]! + logSumExpOverTop(logits, start, numClasses, top);
        for (let c = 0; c < numClasses; c++) {
          const logProbability = logits[start + c]! - shift;
          entropies[row]! -= xLogX(logProbability);
          logSums[start + c] = logOfSum(logSums[start + c]!, logProbability);
        }
      }
      passes++;
    },
    /** @throws MetricsError before the first pass. */
    result(): AveragedPrediction {
      if (logSums === undefined || entropies === undefined)
        throw new MetricsError('expected at least one pass, received none');
      const logMeans = logSums.map((logSum) => logSum - Math.log(passes));
      const predictiveEntropy = entropies.map((_, row) => {
        let entropy = 0;
        for (let c = 0; c < numClasses; c++) entropy -= xLogX(logMeans[row * numClasses + c]!);
        return entropy;
      });
      return {
        passes,
        logits: Float32Array.from(logMeans),
        predictiveEntropy,
        // Rounding could leave it just below 0 where all passes agree.
        mutualInformation: predictiveEntropy.map((entropy, row) =>
          Math.max(0, entropy - entropies![row]! / passes),
        ),
      };
    },
  };
};

/** `p log p` of log p; 0 where p is. */
const xLogX = (logProbability: number): number =>
  logProbability === Number.NEGATIVE_INFINITY ? 0 : Math.exp(logProbability) * logProbability;

const logOfSum = (a: number, b: number): number => {
  const [larger, smaller] = a > b ? [a, b] : [b, a];
  return smaller === Number.NEGATIVE_INFINITY ? larger : larger + Math.log1p(Math.exp(smaller - larger));
};
