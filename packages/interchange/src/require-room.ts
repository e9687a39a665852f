import { ConfigError, type ModelSpec } from '@dropout-lab/contracts';
import { countKernelWeights } from '@dropout-lab/model';

/** The weights that a file can have. */
export interface Room {
  readonly mostWeights: number;
  /** In words, for the refusal. */
  readonly found: string;
}

/**
 * Refuses a file that is too short for the layers that it describes, which would be made for nothing.
 *
 * @param file Its name.
 * @throws ConfigError with both numbers.
 */
export const requireRoom = (spec: ModelSpec, { mostWeights, found }: Room, file: string): void => {
  const weights = countKernelWeights(spec);
  if (weights <= mostWeights) return;
  throw new ConfigError(
    `${file}: expected the ${weights} weights, or more, of the layers that it describes, found ${found}: save it again, or copy it again`,
  );
};
