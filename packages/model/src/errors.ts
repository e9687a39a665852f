import { DropoutLabError } from '@dropout-lab/contracts';

/** A model, or weights for it, that is not what an operation needs. */
export class ModelError extends DropoutLabError {
  override readonly name = 'ModelError';
}

/** A file that does not hold the Keras weights that a model needs. */
export class KerasWeightsError extends DropoutLabError {
  override readonly name = 'KerasWeightsError';
}
