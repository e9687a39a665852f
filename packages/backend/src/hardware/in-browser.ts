import type { HardwareDescription } from '@dropout-lab/contracts';
import type { BackendName } from '../start/running-backend.ts';
import { replicasFor } from './replicas-for.ts';

/** The machine, for the record of a run, as far as a browser tells: not its processor, and of its memory no more than 8 GiB. */
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
 * How many replicas should share each batch, this thread's own among them: one a core for wasm, where threads can share
 * memory (on pages that are cross-origin isolated), 1 otherwise.
 *
 * @param cores That the run may use; all that the browser tells of when left out.
 */
export const defaultWorkers = (
  backend: BackendName,
  cores = globalThis.navigator.hardwareConcurrency,
): number => (typeof SharedArrayBuffer === 'undefined' ? 1 : replicasFor(backend, cores));
