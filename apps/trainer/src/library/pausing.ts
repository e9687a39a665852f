import { nextTask } from '@dropout-lab/experiment';
import type { Replica } from '@dropout-lab/training';

/**
 * A replica that lets the thread do its other work before each piece of its own: draw the page, take clicks, fire timers.
 */
export const pausing = (replica: Replica): Replica => ({
  ...replica,
  gradients: (slice, position) => nextTask().then(() => replica.gradients(slice, position)),
  logits: (slice, rows) => nextTask().then(() => replica.logits(slice, rows)),
  sampledLogits: (slice, position) => nextTask().then(() => replica.sampledLogits(slice, position)),
});
