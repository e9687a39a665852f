import { OVERFITTING_RULE } from '@dropout-lab/metrics';
import { describe, expect, test } from 'vitest';
import { type CurveChartOptions, curveChart } from './curve-chart.ts';
import type { Curve } from './curves/curve.ts';
import { document, lookOf, pointsOf, ticksOf } from './drawn.testing.ts';
import { textWidth } from './parts/frame.ts';

const points = (ys: readonly number[], reach?: number) =>
  ys.map((y, i) => ({
    x: i + 1,
    y,
    band: reach === undefined ? undefined : { lower: y - reach, upper: y + reach },
  }));

const falling: Curve = { label: 'dropout', arm: 0, points: points([2, 1.5, 1, 1.2]) };

const draw = (curves: readonly Curve[], options: Partial<CurveChartOptions> = {}) => {
  const drawing = curveChart(curves, { document, quantity: 'loss', width: 480, ...options });
  const lines = [...drawing.svg.querySelectorAll('g.line path')];
  const areas = [...drawing.svg.querySelectorAll('g.area path')];
  return { ...drawing, lines, areas };
};

describe('a curve', () => {
  test('goes through its points, from edge to edge', () => {
    const { lines, x, y, area, xAt } = draw([falling]);
    const drawn = pointsOf(lines[0]!);
    expect(drawn).toHaveLength(4);
    falling.points.forEach((point, i) => {
      expect(drawn[i]![0]).toBeCloseTo(x(point.x), 2);
      expect(drawn[i]![1]).toBeCloseTo(y(point.y), 2);
    });
    expect([x(1), x(4)]).toEqual([area.left, area.right]);
    expect(xAt(x(2.5))).toBeCloseTo(2.5, 9);
    // Loss counts from nothing, at the bottom; two is at the top.
    expect([y(0), y(2)]).toEqual([area.bottom, area.top]);
  });

  test('of training has dashes; each arm has its colour', () => {
    const { lines } = draw([
      { ...falling, arm: 3 },
      { ...falling, arm: 3, dashed: true },
    ]);
    expect(lines.map((line) => lookOf(line, 'stroke'))).toEqual(['var(--hue-3)', 'var(--hue-3)']);
    expect(lines.map((line) => lookOf(line, 'stroke-dasharray'))).toEqual([null, '4 3']);
  });

  test('that is smoothed has what was recorded behind it', () => {
    const smooth = points([2, 1.8, 1.4]).map((point, i) => ({ ...point, raw: [2, 1.5, 1][i]! }));
    const { lines, y } = draw([{ ...falling, points: smooth }]);
    expect(lines.map((line) => lookOf(line, 'stroke-opacity'))).toEqual(['0.3', null]);
    expect(pointsOf(lines[0]!).map(([, at]) => at)).toEqual(
      [2, 1.5, 1].map((raw) => expect.closeTo(y(raw), 2)),
    );
    expect(pointsOf(lines[1]!)[1]![1]).toBeCloseTo(y(1.8), 2);
  });

  test('one of many is thin', () => {
    const many = Array.from({ length: 9 }, (_, arm) => ({ ...falling, arm }));
    expect(lookOf(draw(many).lines[0]!, 'stroke-width')).toBe('1.25');
    expect(lookOf(draw(many.slice(1)).lines[0]!, 'stroke-width')).toBe('2');
  });
});

describe('a band', () => {
  test('lies between its bounds, in the colour of its arm', () => {
    const { areas, y } = draw([{ ...falling, arm: 2, points: points([2, 1.5, 1], 0.1) }]);
    const ys = pointsOf(areas[0]!).map(([, at]) => at);
    expect(ys[0]).toBeCloseTo(y(2.1), 2);
    expect(ys.at(-1)).toBeCloseTo(y(1.9), 2);
    expect(lookOf(areas[0]!, 'fill')).toBe('var(--hue-2)');
  });

  test('of two runs, which reaches far beyond them, does not flatten the curves', () => {
    const { y, area } = draw([{ ...falling, points: points([0.5, 0.6], 12) }], { quantity: 'accuracy' });
    // The curve has a span of 0.1, and the chart at most 1.6 times that, before its ends are rounded.
    expect(Math.abs(y(0.6) - y(0.5))).toBeGreaterThan((area.bottom - area.top) / 2.1);
  });
});

describe('marks', () => {
  const marked = { ...falling, lowest: 3, onset: 3 };
  const textsOf = (svg: Element) => [...svg.querySelectorAll('g.text text')].map((one) => one.textContent);
  const tintsOf = (svg: Element) => [...svg.querySelectorAll('g.rect rect')];

  test('a circle and its epoch where validation loss is lowest, on the curve', () => {
    const { svg, x, y } = draw([{ ...marked, arm: 1 }]);
    const circle = svg.querySelector('g.dot circle')!;
    expect(Number(circle.getAttribute('cx'))).toBeCloseTo(x(3), 2);
    expect(Number(circle.getAttribute('cy'))).toBeCloseTo(y(1), 2);
    expect(lookOf(circle, 'fill')).toBe('var(--hue-1)');
    expect(textsOf(svg)).toEqual(['lowest at 3']);
    expect(textsOf(draw([marked], { quantity: 'accuracy' }).svg)).toEqual(['lowest loss at 3']);
    expect(textsOf(draw([marked], { xLabel: 'minutes' }).svg)).toEqual(['lowest at 3 min']);
  });

  test('a tint of the arm from the onset of overfitting to the end of its curve, which says what that is', () => {
    const { svg, x, area } = draw([{ ...marked, arm: 1 }, falling]);
    const [tint, ...others] = tintsOf(svg);
    expect(others).toEqual([]);
    const at = (name: string) => Number(tint!.getAttribute(name));
    expect([at('x'), at('x') + at('width')]).toEqual([expect.closeTo(x(3), 0), expect.closeTo(x(4), 0)]);
    expect([at('y'), at('y') + at('height')]).toEqual([area.top, area.bottom]);
    expect(lookOf(tint!, 'fill')).toBe('var(--hue-1)');
    expect(tint!.querySelector('title')!.textContent).toBe(OVERFITTING_RULE);
    expect(tintsOf(draw([falling]).svg)).toEqual([]);
  });

  test('are in the legend when they are in the chart, and in the chart when they are in range', () => {
    const textOf = (svg: Element) => svg.querySelector('g.legend')!.textContent;
    expect(textOf(draw([marked]).svg)).toBe('dropoutlowest validation lossoverfitting');
    expect(textOf(draw([falling]).svg)).toBe('dropout');
    const early = draw([marked], { from: 1, to: 2 }).svg;
    expect([early.querySelectorAll('g.dot circle').length, textsOf(early), tintsOf(early)]).toEqual([
      0,
      [],
      [],
    ]);
    const late = draw([marked], { from: 3.5, to: 4 });
    expect(Number(tintsOf(late.svg)[0]!.getAttribute('x'))).toBeCloseTo(late.area.left, 0);
  });

  test('of many curves are circles alone, since labels and tints would cover each other', () => {
    const { svg } = draw(Array.from({ length: 5 }, (_, arm) => ({ ...marked, arm })));
    expect([svg.querySelectorAll('g.dot circle').length, textsOf(svg), tintsOf(svg)]).toEqual([5, [], []]);
    expect(svg.querySelector('g.legend')!.textContent).not.toContain('overfitting');
  });
});

describe('a gap', () => {
  const training = points([2.1, 1.2, 0.7, 0.4]);
  const pair = [
    { ...falling, arm: 1, training, lowest: 3, onset: 3 },
    { ...falling, label: 'training', arm: 1, dashed: true, points: training },
  ];

  test('is tinted between validation and training, and more from where it overfits, which says what that is', () => {
    const { svg, areas, x, y } = draw(pair);
    const [gap, late] = areas.filter((area) => lookOf(area, 'fill-opacity') !== '0.16');
    expect(lookOf(gap!, 'fill')).toBe('var(--hue-1)');
    const corners = pointsOf(gap!).map(([, at]) => at);
    const ys = [...points([2, 1.5, 1, 1.2]), ...training].map((point) => y(point.y));
    const downwards = (a: number, b: number) => a - b;
    expect(corners.sort(downwards)).toEqual(ys.sort(downwards).map((at) => expect.closeTo(at, 2)));
    expect(pointsOf(late!).map(([at]) => at)).toEqual(
      [3, 4, 4, 3].map((epoch) => expect.closeTo(x(epoch), 2)),
    );
    const [said] = svg.querySelectorAll('g.rect rect');
    expect([lookOf(said!, 'fill-opacity'), said!.textContent]).toEqual(['0', OVERFITTING_RULE]);
  });

  test('of curves over steps and epochs lies at the epochs that both have', () => {
    const steps = [{ x: 0.5, y: 2.2 }, ...training.slice(0, 3)];
    const { areas } = draw([{ ...pair[0]!, training: steps }, pair[1]!]);
    expect(pointsOf(areas.find((area) => lookOf(area, 'fill-opacity') === '0.08')!)).toHaveLength(6);
  });

  test('that a logarithmic axis cannot show is left out', () => {
    const none = training.map((point) => ({ ...point, y: 0 }));
    expect(draw([{ ...pair[0]!, training: none }], { log: true }).svg.outerHTML).not.toMatch(/NaN|Infinity/);
  });
});

describe('names at the ends', () => {
  const bare = { hasLegend: false, width: 600 } as const;
  const namesOf = (svg: Element) => [...svg.querySelectorAll('g.ends text')].map((one) => one.textContent);

  test('are those of the curves, in the room that the page left for a legend', () => {
    const other = { ...falling, label: 'no dropout', arm: 1, points: points([2, 1.4, 1.3, 1.9]) };
    const { svg, area, x, y } = draw([falling, other], bare);
    expect(namesOf(svg)).toEqual(['dropout', 'no dropout']);
    expect([x(1), x(4)]).toEqual([area.left, area.right]);
    const heights = [...svg.querySelectorAll('g.ends text')].map((one) => Number(one.getAttribute('y')));
    expect(heights).toEqual([expect.closeTo(y(1.2), 6), expect.closeTo(y(1.9), 6)]);
    const leaders = [...svg.querySelectorAll('g.ends path')].map((one) => one.getAttribute('stroke'));
    expect(leaders).toEqual(['var(--hue-0)', 'var(--hue-1)']);
  });

  test('may be others than in the legend, or none', () => {
    const pair = [
      { ...falling, label: 'dropout, validation', end: 'dropout' },
      { ...falling, label: 'dropout, training', dashed: true, end: '' },
    ];
    expect(namesOf(draw(pair, bare).svg)).toEqual(['dropout']);
    expect(draw(pair).svg.querySelector('g.legend')!.textContent).toContain('dropout, training');
  });

  test('that are long are shortened, and leave the curves two thirds', () => {
    const { svg, area } = draw([{ ...falling, label: 'a name of forty characters, and then ten' }], bare);
    expect(namesOf(svg)[0]).toMatch(/^a name of .*…$/);
    expect(area.right).toBeGreaterThan(400);
    const seeds = [3, 4].map((seed) => ({
      ...falling,
      label: `dropout 0.5 · max-norm 2 · Adam · seed ${seed}`,
    }));
    expect(namesOf(draw(seeds, bare).svg)).toEqual([
      expect.stringMatching(/^dropout 0\.5.*… · seed 3$/),
      expect.stringMatching(/^dropout 0\.5.*… · seed 4$/),
    ]);
  });

  test('are those of as many curves as the chart is high, two lines of one hue with other dashes', () => {
    const many = Array.from({ length: 12 }, (_, arm) => ({ ...falling, label: `arm ${arm}`, arm }));
    const { svg, lines } = draw(many, { ...bare, height: 240 });
    expect(new Set(namesOf(svg)).size).toBe(12);
    const looks = lines.map((line) => `${lookOf(line, 'stroke')} ${lookOf(line, 'stroke-dasharray')}`);
    expect(new Set(looks).size).toBe(12);
    const legend = [...draw(many).svg.querySelectorAll('g.legend line')].map((line) =>
      line.getAttribute('stroke-dasharray'),
    );
    expect(legend).toEqual([...Array(8).fill(null), ...Array(4).fill('10 3')]);
  });

  test('take no room in a narrow chart, beside a legend, and of many curves', () => {
    const many = Array.from({ length: 30 }, (_, arm) => ({ ...falling, arm }));
    for (const [{ svg, area }, width] of [
      [draw([falling], { ...bare, width: 400 }), 400],
      [draw([falling], { width: 400 }), 400],
      [draw(many, { ...bare, height: 380 }), 600],
    ] as const) {
      expect(namesOf(svg)).toEqual([]);
      expect(area.right).toBe(width - 14);
    }
  });
});

describe('texts', () => {
  interface Box {
    readonly text: string;
    readonly left: number;
    readonly right: number;
    readonly top: number;
    readonly bottom: number;
  }

  /** Boxes of the texts on and beside the curves, as they are drawn. */
  const boxesOf = (svg: Element): Box[] =>
    [...svg.querySelectorAll('g.text text, g.ends text, g.legend text, g.x-axis-tick-label text')].map(
      (one) => {
        const place = /translate\(([\d.]+),([\d.]+)\)/.exec(one.getAttribute('transform') ?? '');
        const [x, y] = place ? [place[1], place[2]] : [one.getAttribute('x'), one.getAttribute('y')];
        const text = one.textContent ?? '';
        const width = textWidth(text);
        const left = Number(x) - (place ? width / 2 : 0);
        const middle = Number(y) + (place ? 12 : 0);
        return { text, left, right: left + width, top: middle - 6, bottom: middle + 6 };
      },
    );

  const overlapping = (boxes: readonly Box[]): string[] =>
    boxes.flatMap((a, i) =>
      boxes
        .slice(i + 1)
        .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
        .map((b) => `${a.text} on ${b.text}`),
    );

  /** Losses that turn at other epochs, and end close together: the worst for labels. */
  const armsOf = (count: number, spread: number): Curve[] =>
    Array.from({ length: count }, (_, arm) => {
      const turn = 9 + Math.round(arm * spread);
      const ys = Array.from({ length: 40 }, (_, i) => 1 + 0.02 * Math.abs(i + 1 - turn) + arm * 0.004);
      const training = points(ys.map((y) => y * 0.99));
      const label = `dropout 0.${arm}`;
      return [
        { label, arm, points: points(ys), training, lowest: turn, onset: turn },
        { label, arm, dashed: true, end: '', points: training },
      ];
    }).flat();

  test.each([2, 4, 12, 40])('of %d arms cover no other, and stay in the chart', (count) => {
    for (const spread of [0.3, 30 / count]) {
      for (const width of [330, 600]) {
        for (const options of [
          { hasLegend: false },
          { hasLegend: true },
          { hasLegend: false, from: 5, to: 12 },
        ]) {
          const { svg } = draw(armsOf(count, spread), { width, height: 240, quantity: 'loss', ...options });
          const boxes = boxesOf(svg);
          expect(overlapping(boxes)).toEqual([]);
          expect(boxes.filter(({ left, right, top }) => left < 0 || right > width || top < 0)).toEqual([]);
        }
      }
    }
  });

  test('say of few arms all that there is to say', () => {
    const { svg } = draw(armsOf(4, 3), { width: 600, height: 270, hasLegend: false });
    expect(boxesOf(svg).map(({ text }) => text)).toEqual([
      ...['1', '5', '10', '15', '20', '25', '30', '35', '40'],
      ...['lowest at 9', 'lowest at 12', 'lowest at 15', 'lowest at 18'],
      ...['dropout 0.0', 'dropout 0.1', 'dropout 0.2', 'dropout 0.3'],
    ]);
  });
});

describe('axes', () => {
  test('whole epochs, the first and round ones; losses with the digits that they need', () => {
    const long = { ...falling, points: points(Array.from({ length: 55 }, (_, i) => 2 / (i + 1))) };
    const { svg } = draw([long]);
    expect(ticksOf(svg, 'x')).toEqual(['1', '10', '20', '30', '40', '50']);
    expect(ticksOf(svg, 'y')).toEqual(['0.0', '0.5', '1.0', '1.5', '2.0']);
    expect(svg.querySelector('g.x-axis-label')!.textContent).toBe('epoch');
  });

  test('accuracy in percent, as far as the curves go', () => {
    const { svg } = draw([{ ...falling, points: points([0.6, 0.7, 0.75]) }], { quantity: 'accuracy' });
    expect(ticksOf(svg, 'y')).toEqual(['60%', '65%', '70%', '75%']);
  });

  test('the gap has a line at nothing', () => {
    const { svg, y } = draw([{ ...falling, points: points([-0.05, 0.1]) }], { quantity: 'gap' });
    const zero = svg.querySelector('g.rule line')!;
    expect(Number(zero.getAttribute('y1'))).toBeCloseTo(y(0), 2);
    expect(ticksOf(svg, 'y')).toContain('−5%');
  });

  test('losses of a run that diverges, in short', () => {
    const { svg } = draw([{ ...falling, points: points([2, 9e4, 3.1e36]) }]);
    const ticks = ticksOf(svg, 'y');
    expect(ticks.slice(0, 3)).toEqual(['0', '5e35', '1e36']);
    expect(ticks.every((tick) => tick.length <= 6)).toBe(true);
    const log = draw([{ ...falling, points: points([2, 9e4, 3.1e36]) }], { log: true });
    expect(ticksOf(log.svg, 'y').filter((tick) => tick.length > 6)).toEqual([]);
  });

  test('of a run in training reach as far as it will come, with whole epochs between steps', () => {
    const { svg, x, area } = draw([{ ...falling, points: points([2, 1.5]) }], { reach: [0, 20] });
    expect([x(0), x(20)]).toEqual([area.left, area.right]);
    const within = [{ x: 0.1, y: 2 }, ...points([1.5]), { x: 1.4, y: 1.2 }];
    const steps = draw([{ ...falling, points: within }], { reach: [0, 20] });
    expect(ticksOf(steps.svg, 'x')).toEqual(ticksOf(svg, 'x'));
    expect(ticksOf(svg, 'x')).toEqual(['0', '5', '10', '15', '20']);
    // What has come further is in sight.
    expect(draw([falling], { reach: [1, 2] }).x(4)).toBe(area.right);
  });

  test.each([999, 2000, 10_000, 100_000])('that end at epoch %i have room for that number', (epochs) => {
    const ends = [points([2])[0]!, { x: epochs, y: 1 }];
    const { svg, area } = draw([{ ...falling, points: ends }], { width: 360, hasLegend: false });
    const halfWidth = textWidth(`${epochs}`) / 2;
    expect(Number(svg.getAttribute('width')) - area.right).toBeGreaterThan(halfWidth);
    expect(draw([falling]).area.right).toBe(480 - 14);
  });

  test('minutes', () => {
    const timed = points([2, 1, 0.5]).map((point) => ({ ...point, x: point.x * 1.25 }));
    const { svg, x, area } = draw([{ ...falling, points: timed }], { xLabel: 'minutes' });
    expect(svg.querySelector('g.x-axis-label')!.textContent).toBe('minutes');
    expect([x(1.25), x(3.75)]).toEqual([area.left, area.right]);
  });

  test('a logarithmic one leaves out what it cannot show', () => {
    const { svg, lines, y } = draw([{ ...falling, points: points([10, 1, 0, 0.1]) }], { log: true });
    expect(pointsOf(lines[0]!)).toHaveLength(3);
    expect(y(1) - y(10)).toBeCloseTo(y(0.1) - y(1), 6);
    expect(ticksOf(svg, 'y').filter(Boolean)).toEqual(['0.1', '0.2', '1', '2', '10']);
    expect(svg.querySelector('g.rule')).toBeNull();
  });
});

describe('zoomed', () => {
  test('the range fills the chart, and lines lead out of it', () => {
    const { svg, lines, x, y, area } = draw([falling], { from: 2, to: 3 });
    expect([x(2), x(3)]).toEqual([area.left, area.right]);
    expect(pointsOf(lines[0]!)).toHaveLength(4);
    expect(lines[0]!.closest('[clip-path]')).not.toBeNull();
    expect(ticksOf(svg, 'x')).toEqual(['2', '3']);
    // Zero is far away, and not kept in sight.
    expect(y(0)).toBeGreaterThan(area.bottom + 50);
    const far = { ...falling, points: points(Array.from({ length: 20 }, () => 1)) };
    expect(pointsOf(draw([far], { from: 5.5, to: 7.5 }).lines[0]!)).toHaveLength(4);
  });
});

describe('a legend', () => {
  test('names each arm once, and says what dashes are where an arm has both', () => {
    const pair = [falling, { ...falling, dashed: true }];
    const { svg } = draw([...pair, ...pair.map((curve) => ({ ...curve, arm: 1, label: 'no dropout' }))]);
    const texts = [...svg.querySelectorAll('g.legend text')].map(({ textContent }) => textContent);
    expect(texts).toEqual(['dropout', 'no dropout', 'validation', 'training']);
  });

  test('gives each curve its own key where they have names of their own', () => {
    const { svg } = draw([
      { ...falling, label: 'validation' },
      { ...falling, label: 'training', dashed: true },
    ]);
    const keys = [...svg.querySelectorAll('g.legend line')];
    expect(keys.map((key) => key.getAttribute('stroke-dasharray'))).toEqual([null, '4 3']);
  });

  test("has the chart's name above it, and the quantity beside its axis", () => {
    const { svg } = draw([falling], { title: 'Validation loss' });
    const texts = [...svg.querySelectorAll('text')].map(({ textContent }) => textContent);
    expect(texts).toEqual(
      expect.arrayContaining(['Validation loss', 'loss (crossentropy, nats)', 'dropout', 'epoch']),
    );
    const heightOf = (name: string) =>
      Number([...svg.querySelectorAll('text')].find((text) => text.textContent === name)!.getAttribute('y'));
    expect(heightOf('Validation loss')).toBeLessThan(heightOf('dropout'));
    expect(heightOf('dropout')).toBeLessThan(heightOf('loss (crossentropy, nats)'));
  });

  test('is left to the page that asks for none, and the curves get its room', () => {
    const { svg, area } = draw([falling], { hasLegend: false });
    expect(svg.querySelector('g.legend')).toBeNull();
    expect(area.top).toBe(14);
    expect(draw([falling]).area.top).toBeGreaterThan(40);
    expect(area.bottom - area.top).toBe(draw([falling]).area.bottom - draw([falling]).area.top);
  });
});

test('is one picture with one name, without styles that a page could forbid', () => {
  const { svg } = draw([falling], { title: 'Validation loss' });
  expect(svg.getAttribute('role')).toBe('img');
  expect(svg.getAttribute('aria-label')).toBe('Validation loss by epoch: dropout');
  expect(svg.querySelectorAll('[aria-label], style')).toHaveLength(0);
});

test.each([
  ['no curve', []],
  ['a curve without points', [{ ...falling, points: [] }]],
  ['a single epoch', [{ ...falling, points: points([1.5]) }]],
  ['curves that are all of one value', [{ ...falling, points: points([0, 0, 0]) }]],
  ['a single epoch and its marks', [{ ...falling, points: points([1.5]), lowest: 1 }]],
])('%s is drawn, too', (_, curves) => {
  for (const quantity of ['loss', 'accuracy'] as const) {
    const { svg, x, y } = draw(curves, { quantity });
    expect(svg.outerHTML).not.toMatch(/NaN|undefined|Infinity/);
    expect([x(1), y(0.5)].every(Number.isFinite)).toBe(true);
  }
});

describe('values that no chart should follow', () => {
  const rising = (values: readonly number[]) => values.map((y, i) => ({ x: i + 1, y }));
  const usual = { label: 'usual', arm: 0, points: rising([2.3, 1.5, 1.1]), lowest: 3 };
  const diverging = { label: 'diverging', arm: 1, points: rising([4, 1e12, 1e36]), lowest: 1 };
  const heightOf = (curves: readonly Curve[], log = false) => {
    const { y, area, svg } = curveChart(curves, { document, quantity: 'loss', width: 640, log });
    return { usual: y(1.1) - y(2.3), whole: area.bottom - area.top, svg };
  };

  test('a loss that diverges leads out of the chart of the others', () => {
    const { usual: height, whole, svg } = heightOf([usual, diverging]);
    expect(height).toBeGreaterThan(whole / 4);
    expect(svg.outerHTML).toContain('lowest at 3');
    expect(ticksOf(svg, 'y').at(-1)).not.toContain('e');
  });

  test('alone, or on a log scale, it is shown to its end', () => {
    expect(ticksOf(heightOf([diverging]).svg, 'y').at(-1)).toBe('1e36');
    expect(ticksOf(heightOf([usual, diverging], true).svg, 'y').at(-1)).toMatch(/e3\d$/);
  });

  test('an accuracy that stays the same has no axis below 0 or above 1', () => {
    for (const value of [0, 0.1, 1]) {
      const { svg } = curveChart([{ ...usual, points: rising([value, value]) }], {
        document,
        quantity: 'accuracy',
        width: 640,
      });
      for (const tick of ticksOf(svg, 'y')) expect(Number.parseFloat(tick)).toBeGreaterThanOrEqual(0);
      for (const tick of ticksOf(svg, 'y')) expect(Number.parseFloat(tick)).toBeLessThanOrEqual(100);
    }
  });
});
