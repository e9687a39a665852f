import type { Words2 } from './philox.ts';

/** A safe integer >= 0 as two uint32, least significant first. */
export const wordsOf = (integer: number): Words2 => [integer >>> 0, Math.floor(integer / 2 ** 32)];
