import { expect, test } from 'vitest';
import { greyLevel } from './grey-level.ts';

// Image.new('RGB', (1, 1), colour).convert('L').getpixel((0, 0)) of Pillow 13.0.0.
test.each([
  [[255, 0, 0], 76],
  [[0, 255, 0], 150],
  [[0, 0, 255], 29],
  [[255, 255, 255], 255],
  [[0, 0, 0], 0],
  [[90, 90, 90], 90],
  [[10, 200, 30], 124],
  [[1, 2, 3], 2],
  [[123, 45, 67], 71],
] as const)('%o is as bright as in Pillow', ([red, green, blue], level) => {
  expect(greyLevel(red, green, blue)).toBe(level);
});
