import { chunk } from './chunk';
import { carried, drawWords, firstCounters, words } from './philox';

/** Draws of a block. */
const DRAWS: usize = 8;

/** All bits of each of the eight draws of a block that are at least the threshold, low half of a word first. */
function keptOf(block: usize, thresholds: v128): v128 {
  return i16x8.ge_u(v128.load(words + (block << 4)), thresholds);
}

/** Writes the eight elements of one block: the scale where all bits are set, else 0. */
function storeScaled(target: usize, kept: v128, scales: v128): void {
  v128.store(target, v128.and(i32x4.extend_low_i16x8_s(kept), scales));
  v128.store(target, v128.and(i32x4.extend_high_i16x8_s(kept), scales), 16);
}

/** Writes a byte for each of the elements of two blocks: 1 where all bits are set, else 0. */
function storeBytes(target: usize, first: v128, second: v128): void {
  v128.store(target, v128.and(i8x16.narrow_i16x8_s(first, second), i8x16.splat(1)));
}

function fill(
  blocks: i32,
  blockLow: u32,
  blockHigh: u32,
  key0: u32,
  key1: u32,
  threshold: u32,
  scale: f32,
  areBytes: bool,
): void {
  const thresholds = i16x8.splat(<i16>threshold);
  const scales = f32x4.splat(scale);
  const blockBytes: usize = areBytes ? DRAWS : 4 * DRAWS;
  let low = firstCounters(blockLow);
  let high = carried(i32x4.splat(blockHigh), low, i32x4.splat(blockLow));
  const four = i32x4.splat(4);

  const end = chunk + <usize>blocks * blockBytes;
  for (let target = chunk; target < end; target += 4 * blockBytes) {
    drawWords(low, high, key0, key1);
    if (areBytes) {
      storeBytes(target, keptOf(0, thresholds), keptOf(1, thresholds));
      storeBytes(target + 2 * DRAWS, keptOf(2, thresholds), keptOf(3, thresholds));
    } else {
      for (let block: usize = 0; block < 4; block++)
        storeScaled(target + block * blockBytes, keptOf(block, thresholds), scales);
    }

    const next = i32x4.add(low, four);
    high = carried(high, next, low);
    low = next;
  }
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
  fill(blocks, blockLow, blockHigh, key0, key1, threshold, scale, false);
}

/** Fills the chunk with a byte for each draw of the same blocks: 1 where `draw >= threshold`, else 0. */
export function fillKept(
  blocks: i32,
  blockLow: u32,
  blockHigh: u32,
  key0: u32,
  key1: u32,
  threshold: u32,
): void {
  fill(blocks, blockLow, blockHigh, key0, key1, threshold, 0, true);
}
