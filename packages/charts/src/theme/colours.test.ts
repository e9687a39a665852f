import { describe, expect, test } from 'vitest';
import { curveChart } from '../curve-chart.ts';
import { document } from '../drawn.testing.ts';
import {
  armColour,
  armDashes,
  armPattern,
  HUES,
  hues,
  paletteCss,
  surfaces,
  type ThemeName,
} from './colours.ts';
import { standaloneSvg, themeDeclarations } from './theme.ts';

type Triple = readonly [number, number, number];

/** Linear light of `#rrggbb`. */
const lightOf = (colour: string): Triple =>
  [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;

const times = (matrix: readonly Triple[], [a, b, c]: Triple): Triple =>
  matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Triple;

/** Of WCAG 2. */
const contrast = (one: Triple, other: Triple): number => {
  const [low, high] = [one, other]
    .map(([r, g, b]) => 0.2126 * r + 0.7152 * g + 0.0722 * b)
    .sort((a, b) => a - b);
  return (high! + 0.05) / (low! + 0.05);
};

/** Björn Ottosson's OKLab, whose distances are about what eyes see. */
const oklabOf = (light: Triple): Triple =>
  times(
    [
      [0.2104542553, 0.793617785, -0.0040720468],
      [1.9779984951, -2.428592205, 0.4505937099],
      [0.0259040371, 0.7827717662, -0.808675766],
    ],
    times(
      [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
      ],
      light,
    ).map(Math.cbrt) as unknown as Triple,
  );

/** The colours that are seen without red, green or blue cones: Machado, Oliveira & Fernandes 2009, severity 1. */
const sights: Readonly<Record<string, readonly Triple[]>> = {
  'all cones': [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

const within = (light: Triple): Triple =>
  light.map((part) => Math.min(1, Math.max(0, part))) as unknown as Triple;

describe.each(['light', 'dark'] as const)('on %s paper', (theme: ThemeName) => {
  const { paper, ink, muted, heat } = surfaces[theme] as Record<string, string>;

  test.each(Object.keys(sights))('no two hues look alike with %s', (sight) => {
    const seen = hues[theme].map((hue) => oklabOf(within(times(sights[sight]!, lightOf(hue)))));
    for (const [i, one] of seen.entries())
      for (const [j, other] of seen.entries())
        if (i < j)
          expect(Math.hypot(...one.map((part, k) => part - other[k]!)), `${i} and ${j}`).toBeGreaterThan(0.1);
  });

  test('lines stand out from it (3), text is read on it and on a full cell (4.5)', () => {
    for (const hue of hues[theme]) {
      expect(contrast(lightOf(hue), lightOf(paper!)), hue).toBeGreaterThanOrEqual(3);
    }
    for (const [text, ground] of [
      [ink, paper],
      [muted, paper],
      [ink, heat],
    ]) {
      expect(contrast(lightOf(text!), lightOf(ground!)), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
    }
  });
});

test('more arms than hues have each hue again, with dashes that no other arm of it has', () => {
  const looks = Array.from({ length: 24 }, (_, arm) => `${armColour(arm)} ${armDashes(arm)}`);
  expect(new Set(looks).size).toBe(24);
  expect([7, 8, 16, 24].map(armDashes)).toEqual([undefined, '10 3', '1.5 2.5', '9 2.5 1.5 2.5']);
  expect([7, 8, 33].map(armColour)).toEqual(['var(--hue-7)', 'var(--hue-0)', 'var(--hue-1)']);
  expect([7, 8, 31, 32].map(armPattern)).toEqual([0, 1, 3, 0]);
});

test('both themes have the same hues in the same order, and a style sheet has them all', () => {
  expect([hues.light.length, hues.dark.length]).toEqual([HUES, HUES]);
  const css = paletteCss();
  expect(css).toContain(`--hue-0: light-dark(${hues.light[0]}, ${hues.dark[0]});`);
  expect(css.match(/light-dark\(#\w{6}, #\w{6}\)/g)).toHaveLength(Object.keys(surfaces.light).length + HUES);
  expect(themeDeclarations('dark')).toContain(`--ink: ${surfaces.dark['ink']};`);
});

test('a chart that stands alone has its paper, a margin, and no colour by its name', () => {
  const points = [1, 2].map((x) => ({ x, y: 1 / x }));
  const { svg } = curveChart([{ label: 'a', arm: 1, points }], { document, quantity: 'loss', width: 400 });
  const before = svg.outerHTML;
  const dark = standaloneSvg(svg, 'dark');
  expect(svg.outerHTML).toBe(before);
  expect(dark).toMatch(/^<svg [^>]*width="424"/);
  expect(dark).toContain('viewBox="-12 -12 424 ');
  expect(dark).toMatch(new RegExp(`<rect [^>]*fill="${surfaces.dark['paper']}"`));
  expect(dark).toContain(`stroke="${hues.dark[1]}"`);
  expect(dark).not.toMatch(/var\(|currentColor/);
});
