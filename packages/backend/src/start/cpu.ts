import { replaceCpuKernels } from '@dropout-lab/wasm-training/other-backends';
import * as tf from '@tensorflow/tfjs-core';
import { activate } from './activate.ts';
import type { RunningBackend } from './running-backend.ts';
import { withoutWarnings } from './without-warnings.ts';

/** Plain JavaScript: the slowest, and the one that the others are checked against. */
export const startCpu = async (): Promise<RunningBackend> => {
  const { version_cpu: version } = await withoutWarnings(() => import('@tensorflow/tfjs-backend-cpu'));
  await activate('cpu');
  replaceCpuKernels();
  // Its first tensor prints an advertisement of tfjs-node.
  await withoutWarnings(() => tf.scalar(0).dispose());
  return { name: 'cpu', description: 'cpu', versions: { '@tensorflow/tfjs-backend-cpu': version } };
};
