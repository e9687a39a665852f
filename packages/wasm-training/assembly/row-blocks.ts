/** Bytes of a block of rows, whose columns are summed while it is in the first cache. */
const BLOCK_BYTES: usize = 16384;

/** The rows of a block, at least one. */
export function rowsOfBlock(rowBytes: usize): usize {
  return max<usize>(1, BLOCK_BYTES / max<usize>(rowBytes, 1));
}
