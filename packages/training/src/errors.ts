import { DropoutLabError } from '@dropout-lab/contracts';

/** Training that cannot start or go on: what does not fit, and what to do instead. */
export class TrainingError extends DropoutLabError {
  override readonly name = 'TrainingError';
}
