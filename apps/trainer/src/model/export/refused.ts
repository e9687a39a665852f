import { ConfigError } from '@dropout-lab/contracts';
import { InterchangeError } from '@dropout-lab/interchange';

/** Passes a refusal of a format on as the command's, which has an exit code of its own. @throws ConfigError. */
export const refused = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw error instanceof InterchangeError ? new ConfigError(error.message, [], { cause: error }) : error;
  }
};
