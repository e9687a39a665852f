import { expect, test } from 'vitest';
import { document, pointsOf, ticksOf } from './drawn.testing.ts';
import { rejectionChart } from './rejection-chart.ts';

const curve = (count: number, accuracyAt: (answered: number) => number) =>
  Array.from({ length: count }, (_, i) => (i + 1) / count).map((answered) => ({
    answered,
    accuracy: accuracyAt(answered),
  }));

const svg = rejectionChart(
  [
    { label: 'plain', arm: 0, points: curve(10, (answered) => 1 - 0.3 * answered) },
    { label: 'mean of 30 passes', arm: 1, points: curve(10_000, (answered) => 1 - 0.2 * answered) },
  ],
  { document, width: 460 },
);
const paths = [...svg.querySelectorAll('g.line path')];

test('a line for each way to predict, from its first image to all of them', () => {
  expect(paths).toHaveLength(2);
  const [plain, averaged] = paths.map((path) => pointsOf(path)) as [[number, number][], [number, number][]];
  expect(plain).toHaveLength(10);
  expect(averaged.length).toBeLessThan(450);
  expect(averaged.length).toBeGreaterThan(300);
  const [right, accuracy70] = plain.at(-1)!;
  const [rightToo, accuracy80] = averaged.at(-1)!;
  expect(rightToo).toBe(right);
  // The scale is linear: 100%, 80% and 70% of the ends lie as far apart as they should.
  const [, accuracy100] = averaged[0]!;
  expect((accuracy80 - accuracy100) / (accuracy70 - accuracy100)).toBeCloseTo(2 / 3, 2);
});

test('axes in percent, down to the lowest accuracy, and what is what', () => {
  expect(ticksOf(svg, 'x')).toEqual(expect.arrayContaining(['0%', '20%', '100%']));
  expect(ticksOf(svg, 'y').at(0)).toMatch(/^[67]\d%$/);
  expect(ticksOf(svg, 'y').at(-1)).toBe('100%');
  expect(svg.querySelector('g.legend')!.textContent).toBe('plainmean of 30 passes');
  expect(svg.getAttribute('aria-label')).toBe(
    'rejection chart: accuracy by answered images: plain, mean of 30 passes',
  );
});

test('of one image there is a chart too', () => {
  const one = rejectionChart([{ label: 'one', arm: 0, points: curve(1, () => 0) }], { document });
  expect(one.outerHTML).not.toMatch(/NaN|undefined|Infinity/);
});

test('lines of one hue differ by their dashes, as in every chart', () => {
  const points = curve(3, () => 0.5);
  const two = rejectionChart(
    [0, 8].map((arm) => ({ label: `arm ${arm}`, arm, points })),
    { document },
  );
  const dashesOf = (selector: string) =>
    [...two.querySelectorAll(selector)].map((line) => line.getAttribute('stroke-dasharray'));
  expect(dashesOf('g.line')).toEqual([null, '10 3']);
  expect(two.querySelector('g.legend')!.innerHTML).toContain('10 3');
});
