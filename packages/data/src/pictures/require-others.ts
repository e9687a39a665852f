import { realpath } from 'node:fs/promises';
import { ConfigError } from '@dropout-lab/contracts';
import { liesWithin } from '@dropout-lab/files/node';

/** Refuses pictures to test on that are trained on. @throws ConfigError */
export const requireOthers = async (path: string, test: string): Promise<void> => {
  // What cannot be found is refused where it is read.
  const [trained, tested] = await Promise.all(
    [path, test].map((one) => realpath(one).catch(() => undefined)),
  );
  if (trained === undefined || tested === undefined || !liesWithin(tested, trained)) return;
  throw new ConfigError(
    `--test ${test}: expected other pictures than those to train on, found ${tested === trained ? 'the same' : 'a part of them'}: leave --test out, so that every fifth is taken for testing, or put test pictures elsewhere`,
  );
};
