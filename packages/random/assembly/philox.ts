// Philox4x32-10 (Salmon et al. 2011), four blocks side by side: lane b of a vector belongs to block b.

const M0: u32 = 0xd2511f53;
const M1: u32 = 0xcd9e8d57;
const W0: u32 = 0x9e3779b9;
const W1: u32 = 0xbb67ae85;
const ROUNDS: i32 = 10;

/** Address of the 16 words that {@link drawWords} writes. */
export const words: usize = memory.data(64, 16);

function mulLow(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(low, high, 0, 2, 4, 6);
}

function mulHigh(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(low, high, 1, 3, 5, 7);
}

/** Writes the words of four blocks, one block after another, whose counters are the lanes of `low` and `high`. */
export function drawWords(low: v128, high: v128, key0: u32, key1: u32): void {
  const m0 = i32x4.splat(M0);
  const m1 = i32x4.splat(M1);
  const w0 = i32x4.splat(W0);
  const w1 = i32x4.splat(W1);
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
  v128.store(words, v128.shuffle<u64>(low01, low23, 0, 2));
  v128.store(words, v128.shuffle<u64>(low01, low23, 1, 3), 16);
  v128.store(words, v128.shuffle<u64>(high01, high23, 0, 2), 32);
  v128.store(words, v128.shuffle<u64>(high01, high23, 1, 3), 48);
}

/** The counters' first words of blocks `blockLow` to `blockLow + 3`. */
export function firstCounters(blockLow: u32): v128 {
  return i32x4.add(i32x4.splat(blockLow), i32x4(0, 1, 2, 3));
}

/** The counters' second words: a lane that wrapped around to below `from` carries; true is -1. */
export function carried(high: v128, low: v128, from: v128): v128 {
  return i32x4.sub(high, i32x4.lt_u(low, from));
}
