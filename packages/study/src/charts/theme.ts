import { scale } from '@observablehq/plot';

/** Light or dark paper. */
export type ThemeName = 'light' | 'dark';

/** Colours by the names that charts use them by: `ink` is `var(--ink)` in a chart. */
export type Colours = Readonly<Record<string, string>>;

const surfaces: Readonly<Record<ThemeName, Colours>> = {
  light: { paper: '#ffffff', ink: '#1b1f24', muted: '#59636e', grid: '#e2e6ea', accent: '#56b4e9' },
  dark: { paper: '#12161c', ink: '#e8ecf0', muted: '#9aa5b1', grid: '#2a313a', accent: '#2f7fb5' },
};

/**
 * The hues of Okabe & Ito (2008), which people with any colour vision tell apart; on dark paper lighter, in the
 * same order.
 */
const hues: Readonly<Record<ThemeName, readonly string[]>> = {
  light: ['#0072b2', '#d55e00', '#007f5f', '#b0507f', '#9a6b00', '#4b4b4b'],
  dark: ['#56b4e9', '#ff8f4a', '#2fc79a', '#e6a0c4', '#e6b422', '#c8ccd0'],
};

/** More arms than hues are a sweep: a scale whose lightness rises with the arm, within what the paper can show. */
const scaleRange: Readonly<Record<ThemeName, readonly [number, number]>> = {
  light: [0, 0.82],
  dark: [0.3, 1],
};

const armColours = (theme: ThemeName, arms: number): string[] => {
  if (arms <= hues[theme].length) return hues[theme].slice(0, arms);
  const [low, high] = scaleRange[theme];
  const colour = scale({ color: { scheme: 'viridis', domain: [0, 1] } });
  return Array.from({ length: arms }, (_, i) => String(colour.apply(low + ((high - low) * i) / (arms - 1))));
};

/** A theme's colours, with one for each arm under `arm-0`, `arm-1`, … */
export const themeColours = (theme: ThemeName, arms: number): Colours => ({
  ...surfaces[theme],
  ...Object.fromEntries(armColours(theme, arms).map((colour, i) => [`arm-${i}`, colour])),
});

/** As declarations for a style sheet: `--ink: #1b1f24; …`. */
export const themeDeclarations = (theme: ThemeName, arms: number): string =>
  Object.entries(themeColours(theme, arms))
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(' ');

/** A chart's text with a theme's colours in the place of their names, for a file that stands alone. */
export const withTheme = (svg: string, theme: ThemeName, arms: number): string => {
  const colours = themeColours(theme, arms);
  return svg.replaceAll(/var\(--([a-z0-9-]+)\)/g, (reference, name: string) => colours[name] ?? reference);
};

/** The hue of an arm, wherever it is drawn. */
export const armColour = (index: number): string => `var(--arm-${index})`;
