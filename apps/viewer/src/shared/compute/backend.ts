import { type BrowserBackendChoice, type StartedBackend, startBackend } from '@dropout-lab/backend/browser';
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import { createLifeline, type Lifeline } from './lifeline.ts';
// Registers the gradients.
import '@tensorflow/tfjs-layers';

/** A backend of this thread, and the line that its work hangs on: it is cut when the graphics processor is gone. */
export interface Computing extends Pick<Lifeline, 'hold'> {
  readonly backend: StartedBackend;
}

/** Starts a backend of this thread. */
export const startComputing = async (choice: BrowserBackendChoice): Promise<Computing> => {
  const { hold, cut } = createLifeline();
  const backend = await startBackend(choice, {
    wasmUrl,
    onLost: () => cut(new Error('the browser lost the graphics processor')),
  });
  return { backend, hold };
};
