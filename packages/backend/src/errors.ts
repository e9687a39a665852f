import { DropoutLabError } from '@dropout-lab/contracts';

/** A backend that cannot be had here: why, and what to do about it. */
export class BackendError extends DropoutLabError {
  override readonly name = 'BackendError';
}
