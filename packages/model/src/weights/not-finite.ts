import type { NamedArray } from '@dropout-lab/contracts';

/** A number among weights that is NaN or infinite, and where it is. */
export interface NotFinite {
  /** The weight's name. */
  readonly name: string;
  /** The number's place in the weight's values. */
  readonly index: number;
  readonly value: number;
}

/** The first number of some weights that is NaN or infinite; undefined when all are finite. */
export const findNotFinite = (weights: readonly NamedArray[]): NotFinite | undefined => {
  for (const { name, values } of weights) {
    for (let index = 0; index < values.length; index++) {
      const value = values[index]!;
      if (!Number.isFinite(value)) return { name, index, value };
    }
  }
  return undefined;
};

/** A message that names the number and what to do, to be put behind the place and a colon. */
export const describeNotFinite = ({ name, index, value }: NotFinite): string =>
  `${name}: expected finite numbers, found ${value} at index ${index}: the model diverged, so take an earlier checkpoint, or train with a lower learning rate`;
