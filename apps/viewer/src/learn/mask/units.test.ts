import { expect, test } from 'vitest';
import type { MaskedLayer } from '../../shared/compute/lesson.ts';
import { indexOfUnit, mapPixels, strongestUnit, sumsOf } from './units.ts';

/** Two maps of 1 × 3. */
const layer: MaskedLayer = {
  shape: [1, 3, 2],
  units: Float32Array.of(1, 0, 4, 2, 0, 3),
  mask: Float32Array.of(2, 2, 0, 2, 2, 0),
};

test('a unit has its place in a layer of maps, and the strongest is found', () => {
  expect(indexOfUnit(layer, { map: 1, row: 0, column: 2 })).toBe(5);
  expect(strongestUnit(layer)).toEqual({ map: 0, row: 0, column: 1 });
});

test('sums of all units, of what is kept, and of what goes on', () => {
  expect(sumsOf(layer)).toEqual({ all: 10, kept: 3, scaled: 6 });
});

test('a map is drawn by the brightest unit of the layer, and what is dropped has a colour of its own', () => {
  const colours = (part: 'units' | 'mask' | 'product') =>
    Array.from({ length: 3 }, (_, i) => [...mapPixels(layer, 0, part).slice(4 * i, 4 * i + 3)]);
  // Half the brightness for a quarter of the value.
  expect(colours('units')).toEqual([
    [127, 129, 132],
    [236, 238, 240],
    [18, 20, 24],
  ]);
  const dropped = [122, 58, 20];
  expect(colours('mask')).toEqual([[236, 238, 240], dropped, [236, 238, 240]]);
  expect(colours('product')[1]).toEqual(dropped);
});
