import type { BackendName } from '../start/running-backend.ts';

/** With more, slices of a batch of 250 are too small for another worker to pay off. */
const mostReplicas = 8;

/** The number of replicas that pay off on some cores: wasm runs on a single thread, other backends use all cores themselves. */
export const replicasFor = (backend: BackendName, cores: number): number =>
  backend === 'wasm' ? Math.max(1, Math.min(mostReplicas, Math.floor(cores))) : 1;
