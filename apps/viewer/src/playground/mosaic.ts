import { standardDeviation } from '@dropout-lab/metrics';
import type { LayerMap } from '../shared/compute/playground.ts';

/** Grey levels, 0..1, of tiles side by side: [height, width], row by row; between tiles NaN. */
export interface Mosaic {
  readonly width: number;
  readonly height: number;
  readonly levels: Float32Array;
}

/** Pixels between tiles. */
const GAP = 1;

/**
 * Returns the channels of a layer as tiles; for a layer without height and width, a tile of one pixel for each unit.
 *
 * @param map [height, width, channels] or [units].
 * @param columns Number of tiles in a row.
 */
export const mosaicOf = ({ shape, values }: LayerMap, columns: number): Mosaic => {
  const [tileHeight, tileWidth, channels] = shape.length === 3 ? shape : [1, 1, shape[0]!];
  const rows = Math.ceil(channels! / columns);
  const width = columns * (tileWidth! + GAP) - GAP;
  const height = rows * (tileHeight! + GAP) - GAP;
  const levels = new Float32Array(width * height).fill(Number.NaN);
  const largest = highest(values) || 1;
  for (let i = 0; i < values.length; i++) {
    const channel = i % channels!;
    const pixel = Math.floor(i / channels!);
    const x = (channel % columns) * (tileWidth! + GAP) + (pixel % tileWidth!);
    const y = Math.floor(channel / columns) * (tileHeight! + GAP) + Math.floor(pixel / tileWidth!);
    levels[y * width + x] = Math.max(0, values[i]!) / largest;
  }
  return { width, height, levels };
};

/** Returns the largest of the values, at least 0. */
export const highest = (values: Float32Array): number =>
  values.reduce((most, value) => Math.max(most, value), 0);

/** Returns the fraction of a mask's units that are kept. */
export const keptFraction = ({ values }: LayerMap): number =>
  values.reduce((kept, value) => kept + (value > 0 ? 1 : 0), 0) / values.length;

/** Returns the mean and standard deviation of each class's probability over passes with masks. */
export const spreadOf = (
  passes: readonly Float32Array[],
): { readonly mean: number; readonly deviation: number }[] =>
  Array.from(passes[0] ?? [], (_, k) => {
    const values = passes.map((pass) => pass[k]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return { mean, deviation: standardDeviation(values) };
  });
