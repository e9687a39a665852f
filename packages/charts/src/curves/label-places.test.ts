import { describe, expect, test } from 'vitest';
import { textWidth } from '../parts/frame.ts';
import { LABEL_HEIGHT, placeInColumn, placeLabels } from './label-places.ts';

const area = { left: 0, right: 300, top: 0, bottom: 200 };
const [text, width] = ['lowest at 9', textWidth('lowest at 9')];

describe('placeLabels', () => {
  const at = (x: number, y: number) => ({ text, at: [x, y] as const });

  test('below its point, where there is room', () => {
    const [label] = placeLabels([at(150, 100)], area, []);
    expect(label).toMatchObject({ x: 150 - width / 2, y: 100 + 9 + LABEL_HEIGHT / 2 });
  });

  test.each([
    ['at the bottom: above', at(150, 195), [], { x: 150 - width / 2, y: 195 - 9 - LABEL_HEIGHT / 2 }],
    [
      'at the left, at the bottom: to the right',
      at(8, 195),
      [
        [
          [0, 170],
          [300, 170],
        ],
      ],
      { x: 8 + 9 },
    ],
    [
      'a line passes below: above',
      at(150, 100),
      [
        [
          [0, 116],
          [300, 116],
        ],
      ],
      { y: 100 - 9 - LABEL_HEIGHT / 2 },
    ],
  ] as const)('%s', (_, label, lines, expected) => {
    expect(placeLabels([label], area, lines)[0]).toMatchObject(expected);
  });

  test('two at one point side by side, and none where there is no room', () => {
    const both = placeLabels([at(150, 100), at(151, 100)], area, []);
    expect(both[0]!.y).toBe(both[1]!.y);
    expect(Math.abs(both[0]!.x - both[1]!.x)).toBeGreaterThanOrEqual(width);
    expect(placeLabels([at(30, 10)], { ...area, right: 60 }, [])).toEqual([]);
    expect(placeLabels([], area, [])).toEqual([]);
  });
});

describe('placeInColumn', () => {
  test.each([
    ['apart, as wanted', [10, 100, 50], [10, 100, 50]],
    ['two in one place, half a height up and down', [100, 100], [92.5, 107.5]],
    ['three around their mean, in their order', [101, 99, 100], [115, 85, 100]],
    ['not beyond the bounds', [-20, 250], [0, 200]],
    ['pushed up from the bottom', [199, 200], [185, 200]],
    ['none', [], []],
  ])('%s', (_, wanted, expected) => {
    expect(placeInColumn(wanted, 0, 200)).toEqual(expected);
  });

  test('as many as there is room for, and not one more', () => {
    expect(placeInColumn(Array(14).fill(0), 0, 200)!.at(-1)).toBe(13 * LABEL_HEIGHT);
    expect(placeInColumn(Array(15).fill(0), 0, 200)).toBeUndefined();
  });
});
