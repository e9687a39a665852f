import type { Words2 } from './philox.ts';

/** Splits a safe integer >= 0 into two uint32, least significant first. */
export const wordsOf = (integer: number): Words2 => [integer >>> 0, Math.floor(integer / 2 ** 32)];
