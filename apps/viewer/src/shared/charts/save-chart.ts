import { standaloneSvg } from '@dropout-lab/charts';
import { download, pngOf } from './download.ts';

export type ChartFormat = 'svg' | 'png';

/** Saves a drawing as a file that says all by itself, in the theme of the page. */
export const saveChart = async (svg: SVGSVGElement, title: string, format: ChartFormat): Promise<void> => {
  const chosen = document.documentElement.dataset['theme'];
  const isDark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const text = new Blob([standaloneSvg(svg, isDark ? 'dark' : 'light')], { type: 'image/svg+xml' });
  const name = title.toLowerCase().replaceAll(/\W+/g, '-');
  download(format === 'svg' ? text : await pngOf(text), `${name}.${format}`);
};
