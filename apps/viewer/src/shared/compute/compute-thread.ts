import type { ComputeServices } from './compute.worker.ts';
import { type Thread, threadOf } from './thread.ts';

/** A thread that computes, with TensorFlow.js and a backend of its own. */
export type ComputeThread = Thread<ComputeServices>;

export const startComputeThread = (): ComputeThread =>
  threadOf(new Worker(new URL('./compute.worker.ts', import.meta.url), { type: 'module' }));
