import { adam } from './adam.ts';
import type { OptimizerConfigOf, UpdateRule } from './update-rule.ts';
import { withWeightDecay } from './weight-decay.ts';

/** {@link adam} with decoupled weight decay (Loshchilov & Hutter 2019), as `keras.optimizers.AdamW`. */
export const adamw = ({ weightDecay, ...settings }: Omit<OptimizerConfigOf<'adamw'>, 'name'>): UpdateRule =>
  withWeightDecay(adam(settings), weightDecay);
