import { DropoutLabError } from '@dropout-lab/contracts';

/** The process of a run ended without a message, or the run in it failed. */
export class RunFailedError extends DropoutLabError {
  override readonly name = 'RunFailedError';

  /** @param exitCode That of a command which does nothing else. */
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}
