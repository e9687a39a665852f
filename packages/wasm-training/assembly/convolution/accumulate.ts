import { multiplyAdd } from './multiply-add';

/**
 * The inner loops that all products share: a block of sums stays in registers while coefficients come from memory, each
 * for a row of as many operands. What is mostly zeros, as a gradient that comes back through max pooling, ReLU and dropout,
 * is listed without them first.
 */

/** Bytes of a list entry: u32 address, f32 coefficient. */
export const ENTRY_BYTES: usize = 8;
/** Floats of a SIMD vector. */
export const LANES: usize = 4;
/** Floats summed at a time, eight vectors: as many as leave registers for the operands. */
export const BLOCK: usize = 32;
export const BLOCK_BYTES: usize = BLOCK * 4;

/** The number of blocks for `floats` floats. */
export function blocksFor(floats: usize): usize {
  return (floats + BLOCK - 1) / BLOCK;
}

/**
 * sums[0..BLOCK) += coefficient * memory[address + offset .. + BLOCK) over the list's (address, coefficient)
 *
 * @param sums BLOCK floats, updated in place.
 * @param list First entry.
 * @param listEnd One past the last entry.
 * @param offset Bytes added to every address.
 */
export function accumulate(sums: usize, list: usize, listEnd: usize, offset: usize): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  let s6 = v128.load(sums, 96);
  let s7 = v128.load(sums, 112);
  for (let entry = list; entry < listEnd; entry += ENTRY_BYTES) {
    const operand = <usize>load<u32>(entry) + offset;
    const coefficient = v128.load32_splat(entry, 4);
    s0 = multiplyAdd(s0, coefficient, v128.load(operand));
    s1 = multiplyAdd(s1, coefficient, v128.load(operand, 16));
    s2 = multiplyAdd(s2, coefficient, v128.load(operand, 32));
    s3 = multiplyAdd(s3, coefficient, v128.load(operand, 48));
    s4 = multiplyAdd(s4, coefficient, v128.load(operand, 64));
    s5 = multiplyAdd(s5, coefficient, v128.load(operand, 80));
    s6 = multiplyAdd(s6, coefficient, v128.load(operand, 96));
    s7 = multiplyAdd(s7, coefficient, v128.load(operand, 112));
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
}

/**
 * sums[0..BLOCK) += coefficients[run, i] * rows[run, i, 0..BLOCK)
 *
 * @param sums BLOCK floats, updated in place.
 * @param coefficients `runs` runs of `length` floats, `coefficientStep` bytes apart.
 * @param rows `runs` runs of `length` rows of BLOCK floats, `rowStep` bytes apart.
 */
export function accumulateRuns(
  sums: usize,
  coefficients: usize,
  coefficientStep: usize,
  rows: usize,
  rowStep: usize,
  runs: usize,
  length: usize,
): void {
  let s0 = v128.load(sums);
  let s1 = v128.load(sums, 16);
  let s2 = v128.load(sums, 32);
  let s3 = v128.load(sums, 48);
  let s4 = v128.load(sums, 64);
  let s5 = v128.load(sums, 80);
  let s6 = v128.load(sums, 96);
  let s7 = v128.load(sums, 112);
  const bytes = length << 2;
  for (; runs; runs--) {
    let operand = rows;
    const end = coefficients + bytes;
    for (let at = coefficients; at < end; at += 4) {
      const coefficient = v128.load32_splat(at);
      s0 = multiplyAdd(s0, coefficient, v128.load(operand));
      s1 = multiplyAdd(s1, coefficient, v128.load(operand, 16));
      s2 = multiplyAdd(s2, coefficient, v128.load(operand, 32));
      s3 = multiplyAdd(s3, coefficient, v128.load(operand, 48));
      s4 = multiplyAdd(s4, coefficient, v128.load(operand, 64));
      s5 = multiplyAdd(s5, coefficient, v128.load(operand, 80));
      s6 = multiplyAdd(s6, coefficient, v128.load(operand, 96));
      s7 = multiplyAdd(s7, coefficient, v128.load(operand, 112));
      operand += BLOCK_BYTES;
    }
    coefficients += coefficientStep;
    rows += rowStep;
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
}
