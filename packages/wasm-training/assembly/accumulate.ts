/**
 * The inner loop that both convolution gradients share. A gradient that comes back through max pooling, ReLU
 * and dropout is nine tenths zeros, so the callers list only what is not zero, and a block of sums stays in
 * registers for the whole list.
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
    s0 = f32x4.add(s0, f32x4.mul(coefficient, v128.load(operand)));
    s1 = f32x4.add(s1, f32x4.mul(coefficient, v128.load(operand, 16)));
    s2 = f32x4.add(s2, f32x4.mul(coefficient, v128.load(operand, 32)));
    s3 = f32x4.add(s3, f32x4.mul(coefficient, v128.load(operand, 48)));
    s4 = f32x4.add(s4, f32x4.mul(coefficient, v128.load(operand, 64)));
    s5 = f32x4.add(s5, f32x4.mul(coefficient, v128.load(operand, 80)));
    s6 = f32x4.add(s6, f32x4.mul(coefficient, v128.load(operand, 96)));
    s7 = f32x4.add(s7, f32x4.mul(coefficient, v128.load(operand, 112)));
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
