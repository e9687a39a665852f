import { mean, standardDeviation } from '@dropout-lab/metrics';
import type { MaskedMap } from '../shared/compute/playground.ts';

/** Returns the largest of the values, at least 0. */
export const highest = (values: Float32Array): number =>
  values.reduce((most, value) => Math.max(most, value), 0);

/** Returns the fraction of a mask's units that are kept. */
export const keptFraction = ({ mask }: Pick<MaskedMap, 'mask'>): number =>
  mask.reduce((kept, factor) => kept + (factor > 0 ? 1 : 0), 0) / mask.length;

/** Returns the mean and standard deviation of each class's probability over passes with masks. */
export const spreadOf = (
  passes: readonly Float32Array[],
): { readonly mean: number; readonly deviation: number }[] =>
  Array.from(passes[0] ?? [], (_, k) => {
    const values = passes.map((pass) => pass[k]!);
    return { mean: mean(values), deviation: standardDeviation(values) };
  });
