import { type LossConfig, type LossName, lossSchema } from '@dropout-lab/contracts';
import { categoricalCrossentropy } from './categorical-crossentropy.ts';
import type { Loss, LossConfigOf } from './definition.ts';

const lossTable = {
  categorical_crossentropy: categoricalCrossentropy,
} satisfies { readonly [Name in LossName]: (config: LossConfigOf<Name>) => Loss };

/** What a configuration without a loss minimizes: Keras's crossentropy. */
export const defaultLoss: LossConfig = lossSchema.parse({});

/** The loss that a configuration describes. */
export const createLoss = (config: LossConfig): Loss => {
  const create = lossTable[config.name] as (config: LossConfig) => Loss;
  return create(config);
};
