import type { MaskedLayer } from '../../shared/compute/lesson.ts';

/** A unit of a layer of maps. */
export interface Unit {
  readonly map: number;
  readonly row: number;
  readonly column: number;
}

/** Returns the unit's place in [height, width, maps]. */
export const indexOfUnit = ({ shape }: Pick<MaskedLayer, 'shape'>, { map, row, column }: Unit): number =>
  (row * shape[1] + column) * shape[2] + map;

/** Returns the unit with the largest value. */
export const strongestUnit = ({ shape, units }: MaskedLayer): Unit => {
  const index = units.reduce((best, value, i) => (value > units[best]! ? i : best), 0);
  const place = Math.floor(index / shape[2]);
  return { map: index % shape[2], row: Math.floor(place / shape[1]), column: place % shape[1] };
};

/** The values of a layer's units: in all, of those that are kept, and of those as they are multiplied. */
export interface Sums {
  readonly all: number;
  readonly kept: number;
  readonly scaled: number;
}

/** Returns the sums of a layer's units. */
export const sumsOf = ({ units, mask }: MaskedLayer): Sums => {
  const sums = { all: 0, kept: 0, scaled: 0 };
  units.forEach((value, i) => {
    sums.all += value;
    if (mask[i]! > 0) sums.kept += value;
    sums.scaled += value * mask[i]!;
  });
  return sums;
};

const NOTHING = [18, 20, 24] as const;
const KEPT = [236, 238, 240] as const;
/** The ground of a dropped unit: neither a value nor nothing. */
const DROPPED = [122, 58, 20] as const;

/** Returns one map as RGBA, [height, width]: the brightest unit of the layer is white. */
export const mapPixels = (
  { shape, units, mask }: MaskedLayer,
  map: number,
  part: 'units' | 'mask' | 'product',
): Uint8ClampedArray<ArrayBuffer> => {
  const [height, width, maps] = shape;
  const most = units.reduce((highest, value) => Math.max(highest, value), 1e-9);
  const pixels = new Uint8ClampedArray(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    const at = i * maps + map;
    const isDropped = mask[at] === 0 && part !== 'units';
    // One scale for all three; its square root shows what is faint.
    const share = part === 'mask' ? 1 : Math.sqrt(Math.max(0, units[at]!) / most);
    for (let c = 0; c < 3; c++) {
      pixels[4 * i + c] = isDropped ? DROPPED[c]! : NOTHING[c]! + share * (KEPT[c]! - NOTHING[c]!);
    }
    pixels[4 * i + 3] = 255;
  }
  return pixels;
};
