import { describe, expect, test } from 'vitest';
import { createGenerator, type GeneratorState, randomKey, uint32s, uniform } from './index.ts';

const key = randomKey(11);
const throughJson = (state: GeneratorState): GeneratorState => JSON.parse(JSON.stringify(state));

test('draws the words of the stream in order', () => {
  const { nextUint32 } = createGenerator(key);
  expect(Array.from({ length: 11 }, nextUint32)).toEqual([...uint32s(key, 11)]);
});

test('draws the same floats as uniform', () => {
  const { nextFloat } = createGenerator(key);
  expect(Array.from({ length: 5 }, nextFloat)).toEqual([...uniform(key, 5)]);
});

test('goes on exactly where a stored state says, after any number of draws', () => {
  const generator = createGenerator(key);
  for (let drawn = 0; drawn < 9; drawn++) {
    const stored = throughJson(generator.state);
    const restored = createGenerator(key, stored);
    const again = createGenerator(key, stored);
    const mixed = (g: typeof restored) => [g.nextUint32(), g.nextFloat(), g.nextInt(1000), g.nextUint32()];
    expect(mixed(restored)).toEqual(mixed(again));
    expect(restored.state).toEqual(again.state);
    expect(createGenerator(key, stored).nextUint32()).toBe(generator.nextUint32());
  }
});

test('a state is a snapshot', () => {
  const generator = createGenerator(key);
  const { state } = generator;
  generator.nextUint32();
  expect(state).toEqual({ position: 0 });
  expect(generator.state).toEqual({ position: 1 });
});

test('an impossible state is refused', () => {
  expect(() => createGenerator(key, { position: -1 })).toThrow('createGenerator: state.position');
});

describe('nextInt', () => {
  test.each([1, 2, 3, 7, 10, 256])('is uniform below %d (chi-square)', (bound) => {
    const { nextInt } = createGenerator(key);
    const draws = 1000 * bound;
    const counts = new Array<number>(bound).fill(0);
    for (let i = 0; i < draws; i++) counts[nextInt(bound)]!++;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    const freedom = bound - 1;
    expect(chiSquare).toBeLessThanOrEqual(freedom + 5 * Math.sqrt(2 * freedom));
  });

  test('is unbiased at a bound where taking the remainder of a word is off by a third', () => {
    const bound = 3 * 2 ** 30;
    const { nextInt } = createGenerator(key);
    const draws = Array.from({ length: 30_000 }, () => nextInt(bound));
    expect(Math.max(...draws)).toBeLessThan(bound);
    const lowerThird = draws.filter((draw) => draw < 2 ** 30).length;
    expect(Math.abs(lowerThird - 10_000)).toBeLessThan(5 * Math.sqrt((30_000 * 2) / 9));
  });

  test('reaches 2^32, and no further', () => {
    const { nextInt } = createGenerator(key);
    expect(nextInt(2 ** 32)).toBe(uint32s(key, 1)[0]);
    for (const bound of [0, -1, 1.5, 2 ** 32 + 1]) expect(() => nextInt(bound)).toThrow(RangeError);
  });
});
