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
 * The number of replicas that should share each batch, including this thread's: one for each core on wasm, which runs on a
 * single thread, 1 on other backends.
 *
 * @param cores Cores that the run may use; all that this process may when left out.
 */
export const defaultWorkers = (backend: BackendName, cores = availableParallelism()): number =>
  replicasFor(backend, cores);
