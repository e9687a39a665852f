import { ConfigError } from '@dropout-lab/contracts';
import { systemErrorSentence } from '@dropout-lab/files/node';

/**
 * Reads a file that the user has named.
 *
 * @param what Its name, or the option with it, which the sentence begins with.
 * @param expected A file of what kind: `an image that can be read`.
 * @throws ConfigError when it cannot be read.
 */
export const readInput = async <T>(what: string, expected: string, read: () => Promise<T>): Promise<T> => {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof ConfigError) throw cause;
    throw new ConfigError(systemErrorSentence(cause, what, expected), [], { cause });
  }
};
