import { DropoutLabError } from '@dropout-lab/contracts';

/** Thrown where a viewer cannot be started, or cannot be exported. */
export class ViewerError extends DropoutLabError {
  override readonly name = 'ViewerError';
}
