/** Light or dark paper. */
export type ThemeName = 'light' | 'dark';

/** Colours by the names that charts use them by: `ink` is `var(--ink)` in a chart. */
export type Colours = Readonly<Record<string, string>>;

/** Paper, text, quiet text, grid lines, and the ground of a full cell of a confusion matrix. */
export const surfaces: Readonly<Record<ThemeName, Colours>> = {
  light: { paper: '#ffffff', ink: '#1b1d21', muted: '#5b6068', grid: '#dededa', heat: '#62aef2' },
  dark: { paper: '#14161a', ink: '#ebecee', muted: '#a4aab4', grid: '#343942', heat: '#2a6cb0' },
};

/**
 * Blue, orange, green, purple, ochre, petrol (sky on dark paper), red and grey, for an arm each. They differ in
 * lightness as much as in hue, so that readers who do not see red, green or blue distinguish them too: see the test.
 */
export const hues: Readonly<Record<ThemeName, readonly string[]>> = {
  light: ['#0246b3', '#f16816', '#34a389', '#c05de5', '#675107', '#034058', '#631a1b', '#69707c'],
  dark: ['#6092fd', '#ff9939', '#aae6c4', '#ae70a6', '#ecde2f', '#2ec4f6', '#e75749', '#ababac'],
};

/** So many arms have a hue of their own. */
export const HUES = hues.light.length;

/** The colour of an arm wherever it is drawn, by its place among the arms: of more arms than hues each hue is used again. */
export const armColour = (arm: number): string => `var(--hue-${arm % HUES})`;

/** The dashes of a curve of training, in pixels. */
export const TRAINING_DASHES = '4 3';

/** Of lines whose hue is used again; none is {@link TRAINING_DASHES}. */
const dashes = [undefined, '10 3', '1.5 2.5', '9 2.5 1.5 2.5'] as const;

/** The number of patterns of lines, by which arms of one hue differ. */
const PATTERNS = dashes.length;

/** Which of the patterns the line of an arm has: 0 for an unbroken line, for as many arms as there are hues. */
export const armPattern = (arm: number): number => Math.floor(arm / HUES) % PATTERNS;

/** The dashes of an arm's line, in pixels; undefined where it is unbroken. */
export const armDashes = (arm: number): string | undefined => dashes[armPattern(arm)];

/** A theme's hues under the names that {@link armColour} gives. */
export const named = (colours: readonly string[]): Colours =>
  Object.fromEntries(colours.map((colour, i) => [`hue-${i}`, colour]));

/** A style sheet of every colour in both themes, for pages whose `color-scheme` is `light dark`. */
export const paletteCss = (): string => {
  const [light, dark] = (['light', 'dark'] as const).map((theme) => ({
    ...surfaces[theme],
    ...named(hues[theme]),
  }));
  const lines = Object.entries(light!).map(
    ([name, colour]) => `  --${name}: light-dark(${colour}, ${dark![name]});\n`,
  );
  return `:root {\n${lines.join('')}}\n`;
};
