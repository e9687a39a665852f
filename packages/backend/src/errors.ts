import { DropoutLabError } from '@dropout-lab/contracts';

/** A backend cannot be started here; the message says why, and what to do about it. */
export class BackendError extends DropoutLabError {
  override readonly name = 'BackendError';
}
