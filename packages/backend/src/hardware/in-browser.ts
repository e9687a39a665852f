import type { HardwareDescription } from '@dropout-lab/contracts';
import type { BackendName } from '../start/running-backend.ts';
import { replicasFor } from './replicas-for.ts';

/** The machine, for the record of a run, as far as a browser reveals it: not the processor, and at most 8 GiB of memory. */
export const describeHardware = (): HardwareDescription => {
  const { hardwareConcurrency, userAgent, deviceMemory } = globalThis.navigator as Navigator & {
    readonly deviceMemory?: number;
  };
  return {
    cpu: 'unknown processor',
    cores: hardwareConcurrency,
    memoryBytes: deviceMemory === undefined ? null : deviceMemory * 2 ** 30,
    platform: userAgent,
  };
};

/**
 * The number of replicas that should share each batch, including this thread's: one for each core on wasm, where threads can share
 * memory (on pages that are cross-origin isolated), 1 otherwise.
 *
 * @param cores Cores that the run may use; all that the browser reports when left out.
 */
export const defaultWorkers = (
  backend: BackendName,
  cores = globalThis.navigator.hardwareConcurrency,
): number => (typeof SharedArrayBuffer === 'undefined' ? 1 : replicasFor(backend, cores));
