import { type Remote, wrap } from 'comlink';
import type { ComputeServices } from './compute.worker.ts';

/** A thread that computes, with TensorFlow.js and a backend of its own. */
export interface ComputeWorker {
  readonly services: Remote<ComputeServices>;
  /** Rejects when the thread could not be loaded or has failed outside of any call. */
  readonly failure: Promise<never>;
  /** Ends it at once, and what it holds. */
  end(): void;
}

export const startWorker = (): ComputeWorker => {
  const worker = new Worker(new URL('./compute.worker.ts', import.meta.url), { type: 'module' });
  const failure = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) =>
      reject(new Error(event.message || 'its code is missing or the connection failed')),
    );
  });
  // Whoever waits for it is told; nobody need be.
  failure.catch(() => {});
  return {
    services: wrap<ComputeServices>(worker),
    failure,
    end: () => worker.terminate(),
  };
};
