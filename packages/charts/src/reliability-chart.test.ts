import { expect, test } from 'vitest';
import { document, lookOf, pointsOf, ticksOf } from './drawn.testing.ts';
import { reliabilityChart } from './reliability-chart.ts';

const bins = [
  { lower: 0, upper: 0.5, count: 0, confidence: 0, accuracy: 0 },
  { lower: 0.5, upper: 0.75, count: 40, confidence: 0.7, accuracy: 0.5 },
  { lower: 0.75, upper: 1, count: 60, confidence: 0.9, accuracy: 1 },
];

const svg = reliabilityChart(bins, 4, { document, width: 460 });
const at = (element: Element, name: string) => Number(element.getAttribute(name));
/** The diagonal goes from (0, 0) to (1, 1). */
const [[left, bottom], [right, top]] = pointsOf(svg.querySelector('g.line path')!) as [
  [number, number],
  [number, number],
];
const xOf = (confidence: number) => left + confidence * (right - left);
const yOf = (accuracy: number) => bottom + accuracy * (top - bottom);

test('a bar for each bin with images, as high as its accuracy, in the colour of the arm', () => {
  const bars = [...svg.querySelectorAll('g.rect rect')];
  expect(bars).toHaveLength(2);
  expect(at(bars[0]!, 'x')).toBeCloseTo(xOf(0.5) + 1, 1);
  expect(at(bars[0]!, 'x') + at(bars[0]!, 'width')).toBeCloseTo(xOf(0.75) - 1, 1);
  expect(at(bars[0]!, 'y')).toBeCloseTo(yOf(0.5) + 1, 1);
  expect(at(bars[1]!, 'y')).toBeCloseTo(yOf(1) + 1, 1);
  expect(lookOf(bars[0]!, 'fill')).toBe('var(--hue-4)');
  expect(bars[0]!.querySelector('title')!.textContent).toBe('40 images of confidence 50% to 75%: 50% right');
});

test('a line at the mean confidence of each bin', () => {
  const lines = [...svg.querySelectorAll('g.rule[stroke="var(--ink)"] line')];
  expect(lines.map((line) => at(line, 'y1'))).toEqual([0.7, 0.9].map((y) => expect.closeTo(yOf(y), 1)));
});

test('axes in percent, and what is what', () => {
  expect(ticksOf(svg, 'y')).toEqual(['0%', '20%', '40%', '60%', '80%', '100%']);
  expect(svg.querySelector('g.legend')!.textContent).toBe('accuracymean confidencecalibrated');
  expect(svg.getAttribute('aria-label')).toBe('reliability chart: accuracy by confidence');
});
