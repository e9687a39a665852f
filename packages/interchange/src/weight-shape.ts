import type { NamedArray } from '@dropout-lab/contracts';

/** A weight's name and shape, without its values. */
export type WeightShape = Pick<NamedArray, 'name' | 'shape'>;
