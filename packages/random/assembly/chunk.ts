/** Blocks of Philox, of eight floats of a mask each, or four deviates. */
const BLOCKS: i32 = 1024;
// Small enough to stay in the L1 cache until the caller has copied it.
export const chunk: usize = memory.data(32768, 16);

/** Address of the chunk that `fillMask` and `fillNormal` write, and how many blocks it holds. */
export function chunkAddress(): usize {
  return chunk;
}
export function chunkBlocks(): i32 {
  return BLOCKS;
}
