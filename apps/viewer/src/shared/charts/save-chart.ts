import { standaloneSvg } from '@dropout-lab/charts';
import { download, pngOf } from './download.ts';

/** Saves a drawing as a file that says all by itself, in the theme of the page. */
export const saveChart = async (svg: SVGSVGElement, title: string, kind: 'svg' | 'png'): Promise<void> => {
  const chosen = document.documentElement.dataset['theme'];
  const isDark = chosen ? chosen === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const text = new Blob([standaloneSvg(svg, isDark ? 'dark' : 'light')], { type: 'image/svg+xml' });
  const name = title.toLowerCase().replaceAll(/\W+/g, '-');
  download(kind === 'svg' ? text : await pngOf(text), `${name}.${kind}`);
};
