import { fillByChunks, kernels } from './kernels.ts';
import type { RandomKey } from './key.ts';
import { requireInteger } from './require-integer.ts';
import { wordsOf } from './words.ts';

const DEVIATES_PER_BLOCK = 4;

/** The part of a stream of normal deviates to draw, and its distribution. */
export interface NormalOptions {
  /** Number of elements. */
  readonly size: number;
  /** Mean of the distribution, 0 by default. */
  readonly mean?: number;
  /** Standard deviation, at least 0; 1 by default. */
  readonly stddev?: number;
  /** Index of the first element within the key's stream, 0 by default. */
  readonly start?: number;
  /** An array of `size` elements to write, instead of a new one. */
  readonly out?: Float32Array;
}

/**
 * Draws elements [start, start + size) of a key's endless stream of normal deviates, as float32. An element depends on the key, the
 * distribution and its index alone, so that several workers can each draw their rows of one array.
 *
 * Elements 2j and 2j + 1 are the pair of Box & Muller (1958) of words a = 2j and b = 2j + 1 of the key's stream:
 *
 *   u = (a + 1/2) / 2^32, angle = pi/2 * (floor(b / 2^30) + (b mod 2^30) / 2^30 - 1/2)
 *   mean + stddev * sqrt(-2 ln u) * (cos(angle), sin(angle))
 *
 * computed in float64, then rounded. Logarithm and angle are series of our own, to 1e-13, since those of JavaScript engines
 * differ in their last digits: the bits are the same everywhere. No deviate is beyond 6.8 standard deviations.
 *
 * @throws RangeError when a number is out of range or `out` has another length.
 */
export const normal = (
  key: RandomKey,
  { size, mean = 0, stddev = 1, start = 0, out }: NormalOptions,
): Float32Array => {
  requireInteger('normal: size', size);
  requireInteger('normal: start', start);
  if (!Number.isFinite(mean)) throw new RangeError(`normal: mean: expected a finite number, got ${mean}`);
  if (!(stddev >= 0 && stddev < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`normal: stddev: expected a finite number of at least 0, got ${stddev}`);
  }
  if (out && out.length !== size) {
    throw new RangeError(`normal: out: expected ${size} elements as in size, got ${out.length}`);
  }
  const deviates = out ?? new Float32Array(size);
  const { fillNormal } = kernels();
  fillByChunks(deviates, start, DEVIATES_PER_BLOCK, (blocks, block) =>
    fillNormal(blocks, ...wordsOf(block), ...key.words, mean, stddev),
  );
  return deviates;
};
