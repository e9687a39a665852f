import { type ChartOptions, finish } from './parts/frame.ts';
import { addPicture, emptySvg, type Picture } from './parts/picture.ts';

/** A layer's output or mask for one image. */
export interface Channels {
  /** [height, width, channels] or [units]. */
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** A mask of dropout that lies over the values: 0 where a unit is dropped. */
  readonly mask?: Float32Array;
}

/** Pixels between tiles. */
const GAP = 1;
/** Of zero and of the largest value. */
const DARK = [18, 30, 48] as const;
const LIGHT = [255, 246, 214] as const;
/** Of a unit that a mask drops: neither a value nor nothing. */
const DROPPED = [122, 58, 20] as const;

/**
 * A layer's channels as tiles, dark where there is nothing, lightest at the layer's largest value: of a mask of
 * dropout, what is dropped and what is kept. What a mask over the values drops is brown. Of a layer without height and width,
 * a tile of one pixel for each unit.
 *
 * @param label The chart's name for readers who do not see it.
 */
export const channelsChart = (
  channels: Channels,
  { label, ...options }: ChartOptions & { readonly label: string },
): SVGSVGElement => {
  const mosaic = mosaicOf(channels);
  const { width = 480 } = options;
  const height = (width * mosaic.height) / mosaic.width;
  const svg = emptySvg(options, width, height);
  addPicture(svg, mosaic, { x: 0, y: 0, width, height });
  return finish(svg, label);
};

/** Tiles in rows, so that the whole is about twice as wide as high; between tiles nothing. */
const mosaicOf = ({ shape, values, mask }: Channels): Picture => {
  const [tileHeight, tileWidth, count] = (shape.length === 3 ? shape : [1, 1, shape[0]!]) as [
    number,
    number,
    number,
  ];
  const columns = Math.max(1, Math.round(Math.sqrt(2 * count)));
  const width = columns * (tileWidth + GAP) - GAP;
  const height = Math.ceil(count / columns) * (tileHeight + GAP) - GAP;
  const pixels = new Uint8Array(4 * width * height);
  const largest = values.reduce((most, value) => Math.max(most, value), 0) || 1;
  for (let i = 0; i < values.length; i++) {
    const channel = i % count;
    const pixel = Math.floor(i / count);
    const x = (channel % columns) * (tileWidth + GAP) + (pixel % tileWidth);
    const y = Math.floor(channel / columns) * (tileHeight + GAP) + Math.floor(pixel / tileWidth);
    const level = Math.max(0, values[i]!) / largest;
    const at = 4 * (y * width + x);
    for (let c = 0; c < 3; c++) {
      pixels[at + c] = mask?.[i] === 0 ? DROPPED[c]! : DARK[c]! + level * (LIGHT[c]! - DARK[c]!);
    }
    pixels[at + 3] = 255;
  }
  return { width, height, channels: 4, pixels };
};
