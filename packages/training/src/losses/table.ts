import { type LossConfig, type LossName, lossSchema, parseWith } from '@dropout-lab/contracts';
import { binaryCrossentropy } from './binary-crossentropy.ts';
import { categoricalCrossentropy } from './categorical-crossentropy.ts';
import { type CustomLoss, customLoss } from './custom-loss.ts';
import { huber } from './huber.ts';
import type { Loss, LossConfigOf } from './loss.ts';
import { meanAbsoluteError } from './mean-absolute-error.ts';
import { meanSquaredError } from './mean-squared-error.ts';

const lossTable = {
  categorical_crossentropy: categoricalCrossentropy,
  binary_crossentropy: binaryCrossentropy,
  mean_squared_error: meanSquaredError,
  mean_absolute_error: meanAbsoluteError,
  huber,
} satisfies { readonly [Name in LossName]: (config: LossConfigOf<Name>) => Loss };

/** The loss of a configuration without one: Keras's crossentropy. */
export const defaultLoss: LossConfig = lossSchema.parse({});

/** Every step asks for its loss. */
const created = new WeakMap<LossConfig, Loss>();

/**
 * Returns the loss that a configuration describes, or one of the user's own.
 *
 * @throws ConfigError naming the first wrong setting.
 */
export const createLoss = (config: LossConfig | CustomLoss): Loss => {
  if ('rows' in config) return customLoss(config);
  const known = created.get(config);
  if (known) return known;
  const parsed = parseWith(lossSchema, config, 'loss');
  const create = lossTable[parsed.name] as (config: LossConfig) => Loss;
  const loss = create(parsed);
  created.set(config, loss);
  return loss;
};
