import type { NamedArray } from '@dropout-lab/contracts';
import { describeNotFinite, findNotFinite } from '@dropout-lab/model';
import { InterchangeError } from './errors.ts';

/** @param where The beginning of the message. @throws InterchangeError naming the first weight that is NaN or infinite. */
export const requireFinite = (weights: readonly NamedArray[], where: string): void => {
  const notFinite = findNotFinite(weights);
  if (notFinite) throw new InterchangeError(`${where}: ${describeNotFinite(notFinite)}`);
};
