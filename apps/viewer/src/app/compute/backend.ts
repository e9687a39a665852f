import { type BrowserBackendChoice, type StartedBackend, startBackend } from '@dropout-lab/backend/browser';
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
// Registers the gradients.
import '@tensorflow/tfjs-layers';

/** A backend of this thread, and what becomes of work when its graphics processor is gone. */
export interface Computing {
  readonly backend: StartedBackend;
  /** The result of the work, or a rejection as soon as it can no longer end. */
  unlessLost<T>(work: Promise<T>): Promise<T>;
}

/** Starts a backend of this thread. */
export const startComputing = async (choice: BrowserBackendChoice): Promise<Computing> => {
  let giveUp: (reason: Error) => void = () => {};
  const lost = new Promise<never>((_, reject) => {
    giveUp = reject;
  });
  // It is looked at while there is work.
  lost.catch(() => {});
  const backend = await startBackend(choice, {
    wasmUrl,
    onLost: () => giveUp(new Error('the browser lost the graphics processor')),
  });
  return { backend, unlessLost: (work) => Promise.race([work, lost]) };
};
