import { expect, test } from 'vitest';
import { pointNear, readingsOf } from './readings.ts';
import type { Series } from './series.ts';

const curve = (key: string, ys: readonly number[], step = 1): Series => ({
  key,
  label: key,
  arm: 0,
  points: ys.map((y, i) => ({ x: (i + 1) * step, y, raw: y })),
});

test('every x of a curve is a place, and the nearest is read', () => {
  const { xs, nearest } = readingsOf([curve('a', [1, 1]), curve('b', [1, 1, 1])], null, null);
  expect(xs).toEqual([1, 2, 3]);
  expect([-9, 1.4, 1.6, 9].map(nearest)).toEqual([1, 1, 2, 3]);
  expect(readingsOf([], null, null).nearest(1)).toBeNull();
});

test('zoomed in, only what is seen is a place', () => {
  const zoomed = readingsOf([curve('a', [1, 2, 3, 4])], 1.5, 3);
  expect(zoomed.xs).toEqual([2, 3]);
  expect(zoomed.nearest(0)).toBe(2);
});

test('a reading names curves from above, and counts the others', () => {
  const series = Array.from({ length: 10 }, (_, i) => curve(`run-${i}`, [i, 10 - i]));
  const readings = readingsOf(series, null, null);
  const { named, more } = readings.at(1);
  expect(named.map(({ series: { label } }) => label)).toEqual([
    'run-9',
    'run-8',
    'run-7',
    'run-6',
    'run-5',
    'run-4',
    'run-3',
    'run-2',
  ]);
  expect(more).toBe(2);
  expect(readings.at(1)).toBe(readings.at(1));
});

test('curves over time, whose points all lie elsewhere, have no more places than can be distinguished', () => {
  const series = Array.from({ length: 100 }, (_, i) => curve(`run-${i}`, Array(55).fill(1), 1 + i / 1000));
  const { xs } = readingsOf(series, null, null);
  expect(xs.length).toBeGreaterThan(200);
  expect(xs.length).toBeLessThanOrEqual(401);
});

test('the nearest point, within reach', () => {
  const points = [1, 2, 4].map((x) => ({ x, y: 0, raw: 0 }));
  expect(pointNear(points, 2.9)?.x).toBe(2);
  expect(pointNear(points, 3.1)?.x).toBe(4);
  expect(pointNear(points, 0)?.x).toBe(1);
  expect(pointNear(points, 9)).toBeUndefined();
  expect(pointNear([], 1)).toBeUndefined();
});

test('a zoom looks at no point of a curve again', () => {
  let looked = 0;
  const counted: Series = {
    ...curve('a', []),
    points: Array.from({ length: 1000 }, (_, i) => ({
      y: 1,
      raw: 1,
      get x() {
        looked++;
        return i;
      },
    })),
  };
  const series = [counted];
  expect(readingsOf(series, null, null).xs[0]).toBe(0);
  expect(looked).toBe(1000);
  expect(readingsOf(series, 500, 600).xs).toHaveLength(101);
  expect(looked).toBe(1000);
});
