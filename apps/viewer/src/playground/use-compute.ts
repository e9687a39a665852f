import { useEffect, useState } from 'preact/hooks';
import type { View } from '../shared/address.ts';
import { type ComputeThread, startComputeThread } from '../shared/compute/compute-thread.ts';
import { ThreadEndedError } from '../shared/compute/thread.ts';

/** A thread that is ready to compute, or the reason why there is none. */
export type Compute =
  | { readonly state: 'starting' }
  | {
      readonly state: 'ready';
      readonly thread: ComputeThread;
      /** Which backend computes, and why. */
      readonly reason: string;
    }
  | { readonly state: 'failed'; readonly error: string };

/**
 * Starts a thread on a backend, as long as the component is shown. Where the backend is missing or fails, wasm takes its
 * place.
 *
 * @returns The thread, and a function to call when a call to the thread has failed.
 */
export const useCompute = (choice: View['backend']): readonly [Compute, (error: Error) => void] => {
  const [compute, setCompute] = useState<Compute>({ state: 'starting' });
  const [failed, setFailed] = useState<{ readonly choice: View['backend']; readonly error: string }>();
  const fallback = failed?.choice === choice ? failed.error : undefined;
  const onError = (error: Error): void => {
    if (error instanceof ThreadEndedError) return;
    if (fallback === undefined && choice !== 'wasm') setFailed({ choice, error: error.message });
    else setCompute({ state: 'failed', error: error.message });
  };
  useEffect(() => {
    setCompute({ state: 'starting' });
    const thread = startComputeThread();
    const backend = fallback === undefined ? choice : 'wasm';
    thread
      .call((services) => services.startBackend(backend))
      .then((reason) => {
        const why = fallback === undefined ? reason : `${reason}, since another backend failed: ${fallback}`;
        setCompute({ state: 'ready', thread, reason: why });
      })
      .catch(onError);
    return thread.end;
  }, [choice, fallback]);
  return [compute, onError];
};
