/** Blocks of Philox in a chunk; each gives eight floats of a mask, or four deviates. */
const BLOCKS: i32 = 1024;
// Small enough to stay in the L1 cache until the caller has copied it.
export const chunk: usize = memory.data(32768, 16);

/** Address of the chunk that `fillMask` and `fillNormal` write, and the number of its blocks. */
export function chunkAddress(): usize {
  return chunk;
}
export function chunkBlocks(): i32 {
  return BLOCKS;
}
