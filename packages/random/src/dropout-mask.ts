import { fillByChunks, kernels } from './kernels.ts';
import type { RandomKey } from './key.ts';
import { requireInteger } from './require-integer.ts';
import { wordsOf } from './words.ts';

const ELEMENTS_PER_BLOCK = 8;

/** The part of a mask to draw, and its dropout rate. */
export interface DropoutMaskOptions {
  /** Number of elements. */
  readonly size: number;
  /** Probability of an element being 0, in [0, 1); rounded to the nearest 1/65,536 below 1. */
  readonly rate: number;
  /** Index of the first element within the key's mask, 0 by default. */
  readonly start?: number;
  /** An array of `size` elements to write, instead of a new one. */
  readonly out?: Float32Array;
}

/**
 * Draws elements [start, start + size) of a key's endless dropout mask: each is 0 with probability `rate`, else
 * `1 / (1 - rate)` (inverted dropout: Srivastava et al. 2014, section 10). An element depends on the key, the
 * rate and its index alone, so that several workers can each draw their rows of one mask. Above a rate of 0.99 the scale
 * follows from the rounded rate, so that the mean stays 1: `1 / (1 - 65535 / 65536)` at most.
 *
 * Element i is kept when its 16-bit draw, half i % 2 (low half first) of word `floor(i / 2)` of the key's
 * stream, is at least `min(round(rate * 65536), 65535)`. The draws come from a WebAssembly SIMD kernel.
 *
 * @throws RangeError when a number is out of range or `out` has another length.
 */
export const dropoutMask = (
  key: RandomKey,
  { size, rate, start = 0, out }: DropoutMaskOptions,
): Float32Array => {
  requirePart('dropoutMask', { size, rate, start, out });
  const mask = out ?? new Float32Array(size);
  const { threshold, scale } = roundedRate(rate);
  const { fillMask } = kernels();
  fillByChunks(mask, start, ELEMENTS_PER_BLOCK, (blocks, block) =>
    fillMask(blocks, ...wordsOf(block), ...key.words, threshold, scale),
  );
  return mask;
};

/** The part of a mask to draw as bytes, and its dropout rate. */
export interface KeptElementsOptions extends Omit<DropoutMaskOptions, 'out'> {
  /** An array of `size` bytes to write, instead of a new one. */
  readonly out?: Uint8Array;
}

/**
 * Draws which elements of a {@link dropoutMask} are kept: a byte for each, 1 where the mask is `keptScale(rate)`, 0 where it is 0.
 *
 * @throws RangeError when a number is out of range or `out` has another length.
 */
export const keptElements = (
  key: RandomKey,
  { size, rate, start = 0, out }: KeptElementsOptions,
): Uint8Array => {
  requirePart('keptElements', { size, rate, start, out });
  const kept = out ?? new Uint8Array(size);
  const { threshold } = roundedRate(rate);
  const { fillKept } = kernels();
  fillByChunks(kept, start, ELEMENTS_PER_BLOCK, (blocks, block) =>
    fillKept(blocks, ...wordsOf(block), ...key.words, threshold),
  );
  return kept;
};

/**
 * The number that a {@link dropoutMask} of this rate has where it is not 0, before it is rounded to float32.
 *
 * @throws RangeError when the rate is out of range.
 */
export const keptScale = (rate: number): number => {
  requireRate('keptScale', rate);
  return roundedRate(rate).scale;
};

const requirePart = (
  what: string,
  {
    size,
    rate,
    start,
    out,
  }: { size: number; rate: number; start: number; out: { readonly length: number } | undefined },
): void => {
  requireInteger(`${what}: size`, size);
  requireInteger(`${what}: start`, start);
  requireRate(what, rate);
  if (out && out.length !== size) {
    throw new RangeError(`${what}: out: expected ${size} elements as in size, got ${out.length}`);
  }
};

const requireRate = (what: string, rate: number): void => {
  if (rate >= 0 && rate < 1) return;
  throw new RangeError(`${what}: rate: expected a number of at least 0 and below 1, got ${rate}`);
};

const DRAWS = 0x10000;

/**
 * Up to this rate the scale follows from the nominal rate, with which every run so far was trained; there, rounding the
 * rate to 1/65,536 moves the mean by less than 0.08%.
 */
const LAST_NOMINAL_RATE = 0.99;

const roundedRate = (rate: number): { readonly threshold: number; readonly scale: number } => {
  // Some elements must be kept for the mean to be 1.
  const threshold = Math.min(Math.round(rate * DRAWS), DRAWS - 1);
  return { threshold, scale: rate <= LAST_NOMINAL_RATE ? 1 / (1 - rate) : DRAWS / (DRAWS - threshold) };
};
