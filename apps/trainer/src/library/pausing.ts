import type { Replica } from '@dropout-lab/training';

/**
 * A replica that lets the thread do its other work before each piece of its own: draw the page, take clicks, fire timers.
 * Some backends compute without ever waiting for anything.
 */
export const pausing = (replica: Replica): Replica => ({
  ...replica,
  gradients: (slice, position) => nextTask().then(() => replica.gradients(slice, position)),
  logits: (slice) => nextTask().then(() => replica.logits(slice)),
});

/** By a message of its own, since browsers make timers wait. */
const nextTask = (): Promise<void> =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });
