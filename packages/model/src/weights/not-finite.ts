import type { NamedArray } from '@dropout-lab/contracts';

/** A number among weights that is NaN or infinite, and where it is. */
export interface NotFinite {
  /** The weight's. */
  readonly name: string;
  /** Within its values. */
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

/** What to say of it: a sentence from `expected` on. */
export const describeNotFinite = ({ name, index, value }: NotFinite): string =>
  `${name}: expected finite numbers, found ${value} at index ${index}: they are of a model that diverged, so take a checkpoint from before, or train with a lower learning rate`;
