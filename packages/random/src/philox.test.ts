import { describe, expect, test } from 'vitest';
import { createGenerator, randomKey } from './index.ts';
import { multiplyHigh, philox4x32 } from './philox.ts';

const hex = (words: readonly number[]) => words.map((word) => word.toString(16).padStart(8, '0')).join(' ');

// Random123's kat_vectors, philox4x32 10.
describe('known answers', () => {
  test.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      '408f276d 41c83b0e a20bc7c6 6d5451fd',
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    ],
  ] as const)('counter %j, key %j', (counter, key, answer) => {
    expect(hex(philox4x32(counter, key))).toBe(answer);
  });
});

test('multiplyHigh is the upper half of the exact product', () => {
  const { nextUint32 } = createGenerator(randomKey(1));
  const pairs = [
    [0xffffffff, 0xffffffff],
    [0xffff, 0x10001],
    [0, 0xffffffff],
    ...Array.from({ length: 10_000 }, () => [nextUint32(), nextUint32()]),
  ] as [number, number][];
  for (const [a, b] of pairs) expect(multiplyHigh(a, b)).toBe(Number((BigInt(a) * BigInt(b)) >> 32n));
});
