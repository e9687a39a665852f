import { DropoutLabError } from '@dropout-lab/contracts';

/** A model, or weights for it, that is not what an operation needs. */
export class ModelError extends DropoutLabError {
  override readonly name = 'ModelError';
}
