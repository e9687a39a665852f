import { expect, test } from 'vitest';
import { confusionChart } from './confusion-chart.ts';
import { document, lookOf } from './drawn.testing.ts';

const three = {
  classNames: ['cat', 'dog', 'ship'],
  confusion: [
    [16, 4, 0],
    [1, 0, 0],
    [0, 0, 0],
  ],
};

const drawing = confusionChart(three, { document, width: 400 });
const cells = [...drawing.svg.querySelectorAll('g.cell rect')];
const at = (element: Element, name: string) => Number(element.getAttribute(name));

test('a cell for each pair of classes: rows are true classes, columns predicted ones', () => {
  expect(cells).toHaveLength(9);
  const { columnAt, rowAt, cellSize } = drawing;
  cells.forEach((cell, i) => {
    expect(at(cell, 'x')).toBeCloseTo(columnAt(i % 3), 6);
    expect(at(cell, 'y')).toBeCloseTo(rowAt(Math.floor(i / 3)), 6);
    expect(at(cell, 'width')).toBeCloseTo(cellSize, 6);
  });
  expect(columnAt(2) + cellSize).toBeLessThanOrEqual(400);
  // Cells are square.
  expect(columnAt(1) - columnAt(0)).toBeCloseTo(rowAt(1) - rowAt(0), 6);
  expect(drawing.cells[1]).toEqual({ actual: 0, predicted: 1, count: 4, share: 0.2 });
});

test('shares of the true class in percent, little ones left out, and on darker ground where they are larger', () => {
  const texts = [...drawing.svg.querySelectorAll('g.text text')].map(({ textContent }) => textContent);
  expect(texts.filter((text) => text !== '')).toEqual(['80', '20', '100']);
  const grounds = cells.map((cell) => Number(lookOf(cell, 'fill-opacity')));
  expect(grounds[3]).toBe(1);
  expect(grounds[0]).toBeCloseTo(0.05 + 0.95 * Math.sqrt(0.8), 6);
  expect(grounds[2]).toBe(0.05);
  expect(lookOf(cells[0]!, 'fill')).toBe('var(--heat)');
});

test('each cell has its images as a title, each class its name on both axes', () => {
  expect(cells[1]!.querySelector('title')!.textContent).toBe('4 of cat predicted as dog');
  for (const axis of ['x', 'y']) {
    const names = [...drawing.svg.querySelectorAll(`g.${axis}-axis-tick-label text`)];
    expect(names.map(({ textContent }) => textContent)).toEqual(three.classNames);
  }
  expect(drawing.svg.getAttribute('aria-label')).toMatch(/^confusion matrix/);
});

test('a hundred classes are a few paths, with each cell where the drawing says', () => {
  const classNames = Array.from({ length: 100 }, (_, i) => `class ${i}`);
  const confusion = classNames.map((_, t) =>
    classNames.map((_, p) => (t === p ? 9 : p === (t + 1) % 100 ? 1 : 0)),
  );
  const { svg, columnAt, rowAt, cellSize } = confusionChart(
    { classNames, confusion },
    { document, width: 424 },
  );
  expect(svg.querySelectorAll('*').length).toBeLessThan(30);
  expect(cellSize).toBeCloseTo(3.99, 6);
  expect(columnAt(100)).toBeLessThanOrEqual(424);
  // 10% and 90% of a class: the fewer, the lighter.
  const [few, most] = [...svg.querySelectorAll('path')];
  expect(Number(few!.getAttribute('fill-opacity'))).toBeLessThan(Number(most!.getAttribute('fill-opacity')));
  for (const [path, predicted] of [
    [few!, 6],
    [most!, 5],
  ] as const) {
    const squares = path.getAttribute('d')!.split('M').slice(1);
    expect(squares).toHaveLength(100);
    const [x, y] = squares[5]!.split('h')[0]!.split(' ').map(Number);
    expect([x, y]).toEqual([expect.closeTo(columnAt(predicted), 1), expect.closeTo(rowAt(5), 1)]);
  }
});
