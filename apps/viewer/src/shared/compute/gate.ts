/** A place in a loop that can be closed, to hold the loop up there. */
export interface Gate {
  /** Passes when the gate is open, after the thread has taken the messages that wait for it. */
  passed(): Promise<void>;
  close(): void;
  open(): void;
}

export const createGate = (): Gate => {
  let isOpen = true;
  let waiting: (() => void)[] = [];
  return {
    passed: async () => {
      await nextTask();
      if (!isOpen) await new Promise<void>((pass) => waiting.push(pass));
    },
    close: () => {
      isOpen = false;
    },
    open: () => {
      isOpen = true;
      for (const pass of waiting) pass();
      waiting = [];
    },
  };
};

/**
 * What computes without ever waiting, as wasm does, would let no message through. By a message of its own, since
 * browsers make timers wait.
 */
const nextTask = (): Promise<void> =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done();
    };
    port2.postMessage(null);
  });
