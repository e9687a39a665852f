import { expect, test } from 'vitest';
import { curveChart } from '../curve-chart.ts';
import { document, pointsOf } from '../drawn.testing.ts';
import { thinned } from './thinned.ts';

const EPOCHS = 2000;

/** Noise with a peak and a trough of a single epoch. */
const points = Array.from({ length: EPOCHS }, (_, i) => ({
  x: i + 1,
  y: i === 777 ? 9 : i === 1234 ? -9 : Math.sin(i * 12.9898) * Math.cos(i * 78.233),
}));
const yOf = ({ y }: { readonly y: number }) => y;

test('of each pixel the lowest and the highest point are kept, in their order, and the ends of the curve', () => {
  const kept = thinned(points, 1, EPOCHS, 200, yOf);
  expect(kept.length).toBeLessThanOrEqual(2 * 201 + 2);
  expect([kept[0], kept.at(-1)]).toEqual([points[0], points.at(-1)]);
  expect(kept.map(({ x }) => x)).toEqual([...new Set(kept.map(({ x }) => x))].sort((a, b) => a - b));
  const columnOf = ({ x }: { readonly x: number }) => Math.floor(((x - 1) / (EPOCHS - 1)) * 200);
  for (let column = 0; column <= 200; column++) {
    const [all, some] = [points, kept].map((list) =>
      list.filter((point) => columnOf(point) === column).map(yOf),
    );
    expect([Math.min(...some!), Math.max(...some!)]).toEqual([Math.min(...all!), Math.max(...all!)]);
  }
});

test('what has fewer points than pixels is left as it is', () => {
  expect(thinned(points.slice(0, 400), 1, 400, 200, yOf)).toEqual(points.slice(0, 400));
  expect(thinned(points, 5, 5, 200, yOf)).toBe(points);
});

test('the lines of 300 runs of 2,000 epochs have no more points than pixels, and peaks are among them', () => {
  const curves = Array.from({ length: 300 }, (_, arm) => ({ label: `${arm}`, arm, points }));
  const { svg, area, x, y } = curveChart(curves, { document, quantity: 'accuracy', width: 480 });
  const lines = [...svg.querySelectorAll('g.line path')];
  expect(lines).toHaveLength(300);
  const drawn = pointsOf(lines[0]!);
  expect(drawn.length).toBeLessThanOrEqual(2 * (area.right - area.left) + 4);
  const peak = drawn.reduce((highest, point) => (point[1] < highest[1] ? point : highest));
  expect(peak).toEqual([expect.closeTo(x(778), 2), expect.closeTo(y(9), 2)]);
});
