import { expect, test } from 'vitest';
import { document, lookOf, pointsOf, ticksOf } from './drawn.testing.ts';
import { sweepChart } from './sweep-chart.ts';

const about = { setting: 'model.dropout.rate', title: 'validation accuracy', unit: 'fraction' } as const;

const arms = [
  { value: 0.6, arm: 0, metrics: [0.7, 0.72] },
  { value: 0, arm: 1, metrics: [0.6, 0.64] },
  { value: 0.3, arm: 2, metrics: [0.8, Number.NaN] },
  { value: 0.9, arm: 3, metrics: [] },
];

test('a dot for each run in the colour of its arm, the line through the means, from left to right', () => {
  const svg = sweepChart(arms, { ...about, document, better: 'higher' });
  const dots = [...svg.querySelectorAll('g.dot circle')];
  const [runs, best] = [dots.slice(0, -1), dots.at(-1)!];
  expect(runs.map((dot) => lookOf(dot, 'fill'))).toEqual([
    ...['var(--hue-0)', 'var(--hue-0)', 'var(--hue-1)', 'var(--hue-1)'],
    'var(--hue-2)',
  ]);
  const line = pointsOf(svg.querySelector('g.line path')!);
  expect(line).toHaveLength(3);
  expect(line[0]![0]).toBeLessThan(line[1]![0]);
  const yOf = (dot: Element) => Number(dot.getAttribute('cy'));
  // The mean of the two runs at 0 is in the middle of their dots.
  expect(line[0]![1]).toBeCloseTo((yOf(runs[2]!) + yOf(runs[3]!)) / 2, 2);
  // The best is that of 0.3.
  expect([Number(best.getAttribute('cx')), yOf(best)]).toEqual(
    line[1]!.map((value) => expect.closeTo(value, 2)),
  );
  expect(ticksOf(svg, 'y')).toContain('70%');
  expect(svg.textContent).toContain('model.dropout.rate');
  expect(svg.getAttribute('aria-label')).toBe('validation accuracy by model.dropout.rate');
});

test('none is ringed where neither way is better', () => {
  const svg = sweepChart(arms, { ...about, document, better: undefined });
  expect(svg.querySelectorAll('g.dot circle')).toHaveLength(5);
  expect(svg.querySelectorAll('g.rule line')).toHaveLength(0);
});

test('of a loss the lowest is best', () => {
  const svg = sweepChart(arms, { ...about, document, unit: 'nats', better: 'lower' });
  const line = pointsOf(svg.querySelector('g.line path')!);
  const best = [...svg.querySelectorAll('g.dot circle')].at(-1)!;
  expect(Number(best.getAttribute('cx'))).toBeCloseTo(line[0]![0], 2);
  expect(ticksOf(svg, 'y')).toContain('0.70');
});
