import { describe, expect, test } from 'vitest';
import { fold, randomKey, uint32s } from './index.ts';

const key = randomKey(42);

describe('randomKey', () => {
  test('every seed has a key of its own, beyond 32 bits too', () => {
    const seeds = [0, 1, 2 ** 32, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER];
    expect(new Set(seeds.map((seed) => JSON.stringify(randomKey(seed)))).size).toBe(seeds.length);
  });

  test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])('refuses %d', (seed) => {
    expect(() => randomKey(seed)).toThrow(
      new RangeError(`randomKey: seed: expected an integer from 0 to 9007199254740991, got ${seed}`),
    );
  });
});

describe('fold', () => {
  test('a path is its elements one after another', () => {
    expect(fold(key, 'dropout/1', 7)).toEqual(fold(fold(key, 'dropout/1'), 7));
    expect(fold(key)).toEqual(key);
  });

  test('is what it was when this was written: a change would change every run', () => {
    expect(fold(randomKey(0), 'dropout/1', 7).words).toMatchInlineSnapshot(`
      [
        3026793843,
        161987741,
      ]
    `);
    expect(fold(randomKey(2 ** 40), 'init', 'conv2d/kernel').words).toMatchInlineSnapshot(`
      [
        328616492,
        3136044225,
      ]
    `);
  });

  test('paths that look alike lead apart', () => {
    const paths = [
      [],
      [1],
      ['1'],
      [''],
      [0],
      ['', ''],
      ['\0'],
      ['a', 'b'],
      ['b', 'a'],
      ['ab'],
      ['ab\0'],
      ['abcdef'],
      ['abcdef\0'],
      ['abcdefg'],
      ['é'],
      ['e\u0301'],
      ['\ud800'],
      ['\ud801'],
      [2 ** 32],
      [1, 0],
      [0, 1],
    ];
    expect(new Set(paths.map((path) => JSON.stringify(fold(key, ...path)))).size).toBe(paths.length);
  });

  test('100,000 steps give 100,000 streams, none of them words of the parent', () => {
    const children = Array.from({ length: 100_000 }, (_, step) => fold(key, step).words.join());
    const parent = uint32s(key, 400_000);
    for (let i = 0; i < parent.length; i += 2) children.push(`${parent[i]},${parent[i + 1]}`);
    expect(new Set(children).size).toBe(300_000);
  });

  test.each([-1, 0.5, Number.NaN])('refuses %d', (number) => {
    expect(() => fold(key, 'step', number)).toThrow(RangeError);
  });

  test('survives JSON', () => {
    expect(fold(JSON.parse(JSON.stringify(key)), 'x')).toEqual(fold(key, 'x'));
  });
});
