/** Four uint32 words. */
export type Words4 = readonly [number, number, number, number];
/** Two uint32 words. */
export type Words2 = readonly [number, number];

const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** Returns the upper 32 bits of the product of two uint32, by 16-bit halves: all 64 bits do not fit into a double. */
export const multiplyHigh = (a: number, b: number): number => {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  return (a1 * b1 + Math.floor(middle / 0x10000) + ((middle & 0xffff) + a0 * b1) / 0x10000) >>> 0;
};

/**
 * Computes the block function Philox4x32-10: ten rounds of multiplication and exclusive or that turn a counter and a
 * key into four random words. Without state, so any part of a stream can be drawn at any time, in any order.
 * It is not meant for cryptography.
 *
 * @param counter Four uint32, least significant first. Every counter gives another block.
 * @param key Two uint32. Every key gives another stream of blocks.
 * @returns Four uint32.
 * @see Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
 */
export const philox4x32 = (counter: Words4, key: Words2): Words4 => {
  let [x0, x1, x2, x3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(M0, x0);
    const high1 = multiplyHigh(M1, x2);
    const low0 = Math.imul(M0, x0);
    const low1 = Math.imul(M1, x2);
    x0 = (high1 ^ x1 ^ k0) >>> 0;
    x1 = low1 >>> 0;
    x2 = (high0 ^ x3 ^ k1) >>> 0;
    x3 = low0 >>> 0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return [x0, x1, x2, x3];
};
