import { type BrowserBackendChoice, type StartedBackend, startBackend } from '@dropout-lab/backend/browser';
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
// Registers the gradients.
import '@tensorflow/tfjs-layers';

/** The backend of this thread. */
export interface Computing {
  readonly backend: StartedBackend;
  /** Aborted when the browser has taken the graphics processor away: what computes on it never ends then. */
  readonly lost: AbortSignal;
}

/** Starts a backend of this thread. */
export const startComputing = async (choice: BrowserBackendChoice): Promise<Computing> => {
  const controller = new AbortController();
  const backend = await startBackend(choice, {
    wasmUrl,
    onLost: () => controller.abort(new Error('the browser lost the graphics processor')),
  });
  return { backend, lost: controller.signal };
};
