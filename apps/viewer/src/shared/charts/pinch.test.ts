import { expect, test } from 'vitest';
import { pinchedRange } from './pinch.ts';

/** Of a chart whose curves span 100 pixels, for x from 0 to 10. */
const area = { left: 52, right: 152 };
const at = (x: number, pixel: number) => ({ x, pixel: area.left + pixel });

test('what the fingers were put down on stays under them', () => {
  // Put down at 4 and 6, pulled apart to a quarter and three quarters of the width.
  expect(pinchedRange([at(4, 25), at(6, 75)], area, [0, 10])).toEqual([3, 7]);
  expect(pinchedRange([at(6, 75), at(4, 25)], area, [0, 10])).toEqual([3, 7]);
});

test('fingers that come together show more, but not more than there is', () => {
  expect(pinchedRange([at(4, 30), at(6, 70)], area, [0, 10])).toEqual([2.5, 7.5]);
  expect(pinchedRange([at(1, 30), at(9, 60)], area, [0, 10])).toEqual([0, 10]);
});

test('fingers too close together, or crossed, change nothing', () => {
  expect(pinchedRange([at(4, 40), at(6, 50)], area, [0, 10])).toBeUndefined();
  expect(pinchedRange([at(6, 20), at(4, 80)], area, [0, 10])).toBeUndefined();
  expect(pinchedRange([at(5, 0), at(5.01, 100)], area, [0, 10])).toBeUndefined();
});
