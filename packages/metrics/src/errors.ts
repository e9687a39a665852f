import { DropoutLabError } from '@dropout-lab/contracts';

/** Arrays that do not fit together, or no data, to compute metrics from. */
export class MetricsError extends DropoutLabError {
  override readonly name = 'MetricsError';
}
