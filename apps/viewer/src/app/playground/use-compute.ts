import { useEffect, useState } from 'preact/hooks';
import type { View } from '../address.ts';
import { type ComputeWorker, startWorker } from '../compute/start-worker.ts';

/** A thread that is ready to compute, or why there is none. */
export type Compute =
  | { readonly state: 'starting' }
  | {
      readonly state: 'ready';
      readonly services: ComputeWorker['services'];
      /** Which backend computes, and why. */
      readonly reason: string;
      /** Which start it is, since a new one knows nothing of what the last was told. */
      readonly start: number;
    }
  | { readonly state: 'failed'; readonly fault: string };

let starts = 0;

/**
 * A thread on a backend, as long as the component is shown. Where the backend cannot be had, or fails, wasm takes its
 * place.
 *
 * @returns The thread, and what to call when it has failed.
 */
export const useCompute = (choice: View['backend']): readonly [Compute, (fault: Error) => void] => {
  const [compute, setCompute] = useState<Compute>({ state: 'starting' });
  const [failed, setFailed] = useState<{ readonly choice: View['backend']; readonly fault: string }>();
  const fallback = failed?.choice === choice ? failed.fault : undefined;
  useEffect(() => {
    let isShown = true;
    setCompute({ state: 'starting' });
    const worker = startWorker();
    const backend = fallback === undefined ? choice : 'wasm';
    Promise.race([worker.services.startBackend(backend), worker.failure]).then(
      (reason) => {
        if (!isShown) return;
        const why = fallback === undefined ? reason : `${reason}, since another failed: ${fallback}`;
        setCompute({ state: 'ready', services: worker.services, reason: why, start: ++starts });
      },
      (error: Error) => isShown && onFault(error),
    );
    return () => {
      isShown = false;
      worker.end();
    };
  }, [choice, fallback]);
  const onFault = ({ message }: Error): void => {
    if (fallback === undefined && choice !== 'wasm') setFailed({ choice, fault: message });
    else setCompute({ state: 'failed', fault: message });
  };
  return [compute, onFault];
};
