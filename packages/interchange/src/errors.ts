import { DropoutLabError } from '@dropout-lab/contracts';

/** A file without the Keras weights that a model needs. */
export class KerasWeightsError extends DropoutLabError {
  override readonly name = 'KerasWeightsError';
}
