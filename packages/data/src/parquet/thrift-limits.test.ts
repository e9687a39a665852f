import { describe, expect, test } from 'vitest';
import { endOfStruct, MalformedError, requireRuns } from './thrift-limits.ts';

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
/** 2^31 - 1, as a number of variable length. */
const MANY = [0xff, 0xff, 0xff, 0xff, 0x07];

describe('endOfStruct', () => {
  test.each([
    ['nothing', [0], 1],
    ['a boolean and a number', [0x11, 0x15, 0x96, 0x01, 0, 99], 5],
    ['a text', [0x18, 3, 97, 98, 99, 0], 6],
    ['a list of numbers', [0x19, 0x35, 1, 2, 3, 0], 6],
    ['a struct in a list in a struct', [0x19, 0x1c, 0x15, 2, 0, 0], 6],
    ['a field by its number', [0x05, 0x20, 2, 0], 4],
  ])('goes through %s', (_, content, end) => {
    expect(endOfStruct(bytes(...content), 0)).toBe(end);
  });

  test.each([
    ['no end', [0x15, 2], 'it cut off'],
    ['a text that is too long', [0x18, ...MANY, 97, 0], 'it cut off'],
    ['a list of 2^31 - 1 items', [0x19, 0xf5, ...MANY, 0], 'a list of 2147483647 items in 1 bytes'],
    ['a list of 2^31 - 1 booleans', [0x19, 0xf1, ...MANY, 0], 'a list of 2147483647 items'],
    ['a number without end', [0x16, ...new Array(64).fill(0xff)], 'a number of more than 64 bits'],
    ['structs in structs', new Array(64).fill(0x1c), 'structs more than 16 deep'],
    ['lists in lists', [0x19, ...new Array(64).fill(0x19)], 'lists more than 16 deep'],
    ['a map', [0x1b, 0], 'a field of type 11'],
  ])('refuses %s', (_, content, message) => {
    const read = () => endOfStruct(bytes(...content), 0);
    expect(read).toThrow(MalformedError);
    expect(read).toThrow(message);
  });
});

describe('requireRuns', () => {
  test.each([
    ['a repeated value', [20, 1], 1, 10, 10],
    ['packed bits', [3, 0b10110010], 1, 6, 6],
    ['both', [8, 0, 3, 0xff], 1, 12, 12],
    ['fewer values than there may be', [8, 0], 1, 12, 0],
    ['packed bits whose end is left out', [3, 0], 2, 4, 4],
  ])('allows %s', (_, content, width, most, least) => {
    expect(() => requireRuns(bytes(...content), width, most, least)).not.toThrow();
  });

  test.each([
    [
      'a run of 2^31 values',
      [0xfe, 0xff, 0xff, 0xff, 0x0f, 1],
      1,
      'a run of 2147483647 values where 10 are left',
    ],
    ['packed bits of 2^31 values', [0xff, 0xff, 0xff, 0xff, 0x01, 1], 1, 'values where 10 are left'],
    ['too few values', [8, 0], 1, 'it cut off'],
    ['a value that is cut off', [20], 8, 'it cut off'],
    ['values of 33 bits', [20, 1], 33, 'values of 33 bits'],
  ])('refuses %s', (_, content, width, message) => {
    expect(() => requireRuns(bytes(...content), width, 10, 10)).toThrow(message);
  });
});

test('a list of more structs than any file has is refused, since each becomes an object', () => {
  // A list, field 1, of 2^22 empty structs.
  const head = [0x19, 0xfc, 0x80, 0x80, 0x80, 2];
  const content = new Uint8Array(head.length + 2 ** 22 + 1);
  content.set(head);
  expect(() => endOfStruct(content, 0)).toThrow('more than 4194304 values');
});
