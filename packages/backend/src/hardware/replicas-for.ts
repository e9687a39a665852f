import type { BackendName } from '../start/running-backend.ts';

/** Above it, slices of a batch of 250 are too thin for another worker to pay. */
const mostReplicas = 8;

/** Replicas that pay on so many cores: wasm runs on one thread each, the others use what there is by themselves. */
export const replicasFor = (backend: BackendName, cores: number): number =>
  backend === 'wasm' ? Math.max(1, Math.min(mostReplicas, Math.floor(cores))) : 1;
