// Philox4x32-10 (Salmon et al. 2011), four blocks side by side: lane b of a vector belongs to block b.

const M0: u32 = 0xd2511f53;
const M1: u32 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9;
const W1: u32 = 0xbb67ae85;
const ROUNDS: i32 = 10;

const BLOCKS: i32 = 1024;
const BYTES_PER_BLOCK: usize = 32;
// Small enough to stay in the L1 cache until the caller has copied it.
const chunk: usize = memory.data(32768, 16);

/** Address of the chunk that `fillMask` writes, and how many blocks it holds. */
export function chunkAddress(): usize {
  return chunk;
}
export function chunkBlocks(): i32 {
  return BLOCKS;
}

function mulLow(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(low, high, 0, 2, 4, 6);
}

function mulHigh(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(low, high, 1, 3, 5, 7);
}

/** Writes the eight elements of one block, whose words are the lanes of `words`, low half first. */
function storeBlock(target: usize, words: v128, threshold: v128, scale: v128): void {
  const first = i32x4.extend_low_i16x8_u(words);
  const second = i32x4.extend_high_i16x8_u(words);
  v128.store(target, v128.and(i32x4.ge_s(first, threshold), scale));
  v128.store(target, v128.and(i32x4.ge_s(second, threshold), scale), 16);
}

/**
 * Fills the chunk with the mask of `blocks` Philox blocks from block `blockHigh * 2^32 + blockLow` on, rounded
 * up to a multiple of four blocks: `draw >= threshold ? scale : 0` for each 16-bit draw.
 */
export function fillMask(
  blocks: i32,
  blockLow: u32,
  blockHigh: u32,
  key0: u32,
  key1: u32,
  threshold: u32,
  scale: f32,
): void {
  const m0 = i32x4.splat(M0);
  const m1 = i32x4.splat(M1);
  const w0 = i32x4.splat(W0);
  const w1 = i32x4.splat(W1);
  const thresholds = i32x4.splat(threshold);
  const scales = f32x4.splat(scale);
  let low = i32x4.add(i32x4.splat(blockLow), i32x4(0, 1, 2, 3));
  // A lane that wrapped around carries into the counter's second word; true is -1.
  let high = i32x4.sub(i32x4.splat(blockHigh), i32x4.lt_u(low, i32x4.splat(blockLow)));
  const four = i32x4.splat(4);

  const end = chunk + <usize>blocks * BYTES_PER_BLOCK;
  for (let target = chunk; target < end; target += 4 * BYTES_PER_BLOCK) {
    let x0 = low;
    let x1 = high;
    let x2 = i32x4.splat(0);
    let x3 = i32x4.splat(0);
    let k0 = i32x4.splat(key0);
    let k1 = i32x4.splat(key1);
    for (let round = 0; round < ROUNDS; round++) {
      const a = i64x2.extmul_low_i32x4_u(x0, m0);
      const b = i64x2.extmul_high_i32x4_u(x0, m0);
      const c = i64x2.extmul_low_i32x4_u(x2, m1);
      const d = i64x2.extmul_high_i32x4_u(x2, m1);
      x0 = v128.xor(v128.xor(mulHigh(c, d), x1), k0);
      x1 = mulLow(c, d);
      x2 = v128.xor(v128.xor(mulHigh(a, b), x3), k1);
      x3 = mulLow(a, b);
      k0 = i32x4.add(k0, w0);
      k1 = i32x4.add(k1, w1);
    }

    // Transpose: words of one block side by side.
    const low01 = v128.shuffle<u32>(x0, x1, 0, 4, 1, 5);
    const high01 = v128.shuffle<u32>(x0, x1, 2, 6, 3, 7);
    const low23 = v128.shuffle<u32>(x2, x3, 0, 4, 1, 5);
    const high23 = v128.shuffle<u32>(x2, x3, 2, 6, 3, 7);
    storeBlock(target, v128.shuffle<u64>(low01, low23, 0, 2), thresholds, scales);
    storeBlock(target + 32, v128.shuffle<u64>(low01, low23, 1, 3), thresholds, scales);
    storeBlock(target + 64, v128.shuffle<u64>(high01, high23, 0, 2), thresholds, scales);
    storeBlock(target + 96, v128.shuffle<u64>(high01, high23, 1, 3), thresholds, scales);

    const next = i32x4.add(low, four);
    high = i32x4.sub(high, i32x4.lt_u(next, low));
    low = next;
  }
}
