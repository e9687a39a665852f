import { arch, availableParallelism, cpus, platform, totalmem } from 'node:os';
import type { HardwareDescription } from '@dropout-lab/contracts';
import type { BackendName } from '../start/running-backend.ts';
import { replicasFor } from './replicas-for.ts';

/** The machine, for the record of a run. Cores are those that this process may use. */
export const describeHardware = (): HardwareDescription => ({
  cpu: cpus()[0]?.model.trim() || 'unknown',
  cores: availableParallelism(),
  memoryBytes: totalmem(),
  platform: `${platform()} ${arch()}`,
});

/**
 * How many replicas should share each batch, this thread's own among them: one a core for wasm, which runs on
 * one thread each, 1 for the others.
 *
 * @param cores That the run may use; all of this process when left out.
 */
export const defaultWorkers = (backend: BackendName, cores = availableParallelism()): number =>
  replicasFor(backend, cores);
