import { DropoutLabError } from '@dropout-lab/contracts';

/** A file of another program that cannot be read as a model of ours, or a model that a format cannot express. */
export class InterchangeError extends DropoutLabError {
  override readonly name: string = 'InterchangeError';
}

/** A file that is none of Keras's, is damaged, or lacks the weights that a model needs. */
export class KerasWeightsError extends InterchangeError {
  override readonly name = 'KerasWeightsError';
}
