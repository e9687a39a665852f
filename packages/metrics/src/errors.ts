import { DropoutLabError } from '@dropout-lab/contracts';

/** Figures were asked of arrays that do not fit together, or of no data. */
export class MetricsError extends DropoutLabError {
  override readonly name = 'MetricsError';
}
