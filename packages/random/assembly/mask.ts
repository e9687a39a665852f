import { chunk } from './chunk';
import { carried, drawWords, firstCounters, words } from './philox';

const BYTES_PER_BLOCK: usize = 32;

/** Writes the eight elements of one block, whose words are the lanes of `block`, low half first. */
function storeBlock(target: usize, block: v128, threshold: v128, scale: v128): void {
  const first = i32x4.extend_low_i16x8_u(block);
  const second = i32x4.extend_high_i16x8_u(block);
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
  const thresholds = i32x4.splat(threshold);
  const scales = f32x4.splat(scale);
  let low = firstCounters(blockLow);
  let high = carried(i32x4.splat(blockHigh), low, i32x4.splat(blockLow));
  const four = i32x4.splat(4);

  const end = chunk + <usize>blocks * BYTES_PER_BLOCK;
  for (let target = chunk; target < end; target += 4 * BYTES_PER_BLOCK) {
    drawWords(low, high, key0, key1);
    storeBlock(target, v128.load(words), thresholds, scales);
    storeBlock(target + 32, v128.load(words, 16), thresholds, scales);
    storeBlock(target + 64, v128.load(words, 32), thresholds, scales);
    storeBlock(target + 96, v128.load(words, 48), thresholds, scales);

    const next = i32x4.add(low, four);
    high = carried(high, next, low);
    low = next;
  }
}

/**
 * Fills the chunk with a byte for each draw of the same blocks: 1 where `draw >= threshold`, else 0.
 */
export function fillKept(
  blocks: i32,
  blockLow: u32,
  blockHigh: u32,
  key0: u32,
  key1: u32,
  threshold: u32,
): void {
  const thresholds = i16x8.splat(<i16>threshold);
  const one = i8x16.splat(1);
  let low = firstCounters(blockLow);
  let high = carried(i32x4.splat(blockHigh), low, i32x4.splat(blockLow));
  const four = i32x4.splat(4);

  const end = chunk + ((<usize>blocks) << 3);
  for (let target = chunk; target < end; target += 32) {
    drawWords(low, high, key0, key1);
    const first = i16x8.ge_u(v128.load(words), thresholds);
    const second = i16x8.ge_u(v128.load(words, 16), thresholds);
    const third = i16x8.ge_u(v128.load(words, 32), thresholds);
    const fourth = i16x8.ge_u(v128.load(words, 48), thresholds);
    v128.store(target, v128.and(i8x16.narrow_i16x8_s(first, second), one));
    v128.store(target, v128.and(i8x16.narrow_i16x8_s(third, fourth), one), 16);

    const next = i32x4.add(low, four);
    high = carried(high, next, low);
    low = next;
  }
}
