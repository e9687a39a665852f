import { type LossConfig, type LossName, lossSchema } from '@dropout-lab/contracts';
import { binaryCrossentropy } from './binary-crossentropy.ts';
import { categoricalCrossentropy } from './categorical-crossentropy.ts';
import { type CustomLoss, customLoss } from './custom-loss.ts';
import type { Loss, LossConfigOf } from './definition.ts';
import { huber } from './huber.ts';
import { meanAbsoluteError } from './mean-absolute-error.ts';
import { meanSquaredError } from './mean-squared-error.ts';

const lossTable = {
  categorical_crossentropy: categoricalCrossentropy,
  binary_crossentropy: binaryCrossentropy,
  mean_squared_error: meanSquaredError,
  mean_absolute_error: meanAbsoluteError,
  huber,
} satisfies { readonly [Name in LossName]: (config: LossConfigOf<Name>) => Loss };

/** What a configuration without a loss minimizes: Keras's crossentropy. */
export const defaultLoss: LossConfig = lossSchema.parse({});

/** The loss that a configuration describes, or one of the user's own. */
export const createLoss = (config: LossConfig | CustomLoss): Loss => {
  if ('rows' in config) return customLoss(config);
  const create = lossTable[config.name] as (config: LossConfig) => Loss;
  return create(config);
};
