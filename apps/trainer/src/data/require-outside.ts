import { ConfigError } from '@dropout-lab/contracts';
import { liesWithin, realPlace } from '@dropout-lab/files/node';
import type { Output } from '../output.ts';

/**
 * Refuses a place for output among one's own pictures: the next command would take it for a class of them.
 *
 * @param pictures Their folder or file; nothing is refused without them.
 * @throws ConfigError.
 */
export const requireOutside = async (
  { option, place }: Output,
  pictures: string | undefined,
): Promise<void> => {
  if (pictures === undefined || !liesWithin(await realPlace(place), await realPlace(pictures))) return;
  throw new ConfigError(
    `${option} ${place}: expected a place outside ${pictures}, where each folder is a class of pictures, found one in it: choose another place`,
  );
};
