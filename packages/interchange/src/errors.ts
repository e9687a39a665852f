import { DropoutLabError } from '@dropout-lab/contracts';

/** A file that does not hold the Keras weights that a model needs. */
export class KerasWeightsError extends DropoutLabError {
  override readonly name = 'KerasWeightsError';
}
