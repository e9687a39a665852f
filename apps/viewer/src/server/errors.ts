import { DropoutLabError } from '@dropout-lab/contracts';

/** A viewer that cannot be started, or cannot be exported there. */
export class ViewerError extends DropoutLabError {
  override readonly name = 'ViewerError';
}
