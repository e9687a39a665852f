import { DropoutLabError } from '@dropout-lab/contracts';

/** A model, or its weights, does not fit an operation. */
export class ModelError extends DropoutLabError {
  override readonly name = 'ModelError';
}
