import { DropoutLabError } from '@dropout-lab/contracts';

/** Training cannot start or continue; the message says what does not fit, and what to do instead. */
export class TrainingError extends DropoutLabError {
  override readonly name = 'TrainingError';
}
