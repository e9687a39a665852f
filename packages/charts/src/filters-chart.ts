import type { NamedArray } from '@dropout-lab/contracts';
import { type ChartOptions, finish } from './parts/frame.ts';
import { addPicture, emptySvg, type Picture } from './parts/picture.ts';

const FILTER = { size: 32, pitch: 38, columns: 16 };

/**
 * The kernel of the first convolution, which looks at images of `channels` channels; undefined where a model has none
 * whose filters could be seen, in grey (1) or in colour (3).
 *
 * @param weights A model's, in the order of its layers.
 */
export const firstKernel = (weights: readonly NamedArray[], channels: number): NamedArray | undefined =>
  channels === 1 || channels === 3
    ? weights.find(({ shape }) => shape.length === 4 && shape[2] === channels)
    : undefined;

/**
 * The first layer's filters as pictures of the input that each answers to most: grey is zero, and each is scaled to
 * its largest weight.
 *
 * @param kernel Shape [height, width, channels, filters], of 1 or 3 channels: see {@link firstKernel}.
 */
export const filtersChart = (kernel: NamedArray, options: ChartOptions = {}): SVGSVGElement => {
  const filters = kernel.shape[3]!;
  const { width = FILTER.columns * FILTER.pitch } = options;
  const columns = Math.max(1, Math.min(Math.floor(width / FILTER.pitch), filters));
  const svg = emptySvg(options, columns * FILTER.pitch, Math.ceil(filters / columns) * FILTER.pitch);
  for (let filter = 0; filter < filters; filter++) {
    addPicture(svg, pictureOf(kernel, filter), {
      x: (filter % columns) * FILTER.pitch,
      y: Math.floor(filter / columns) * FILTER.pitch,
      width: FILTER.size,
      height: FILTER.size,
      label: `filter ${filter}`,
    });
  }
  return finish(svg, `the ${filters} filters of the first convolution`, 'group');
};

const pictureOf = ({ shape, values }: NamedArray, filter: number): Picture => {
  const [height, width, channels, filters] = shape as [number, number, number, number];
  const weights = Array.from({ length: height * width * channels }, (_, i) => values[i * filters + filter]!);
  const largest = Math.max(...weights.map(Math.abs)) || 1;
  return {
    width,
    height,
    channels,
    pixels: Uint8Array.from(weights, (weight) => Math.round(127.5 + (127.5 * weight) / largest)),
  };
};
