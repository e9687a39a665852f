/**
 * Resolves in the thread's next task, after the messages, signals, clicks and drawing that wait for it: some backends, such as
 * wasm, compute without ever waiting for anything. By a message of its own, since browsers delay timers.
 */
export const nextTask = (): Promise<void> =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });

/** In milliseconds: of a page that draws 60 times a second. A task takes a few hundredths of one. */
const FRAME = 16;

let latest = 0;

/** Waits for the {@link nextTask} when the last was a frame ago or more: between the batches of every loop over batches. */
export const nextTaskWhenDue = async (): Promise<void> => {
  if (performance.now() - latest < FRAME) return;
  await nextTask();
  latest = performance.now();
};
