/**
 * Resolves in the thread's next task, after the messages, clicks and drawing that wait for it: some backends, such as wasm,
 * compute without ever waiting for anything. By a message of its own, since browsers delay timers.
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
