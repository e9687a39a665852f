import { type BackendChoice, describeHardware, startBackend } from '@dropout-lab/backend/node';
import { loadDataset } from '@dropout-lab/cifar/node';
import { loadRunDirectory, saveRunDirectory } from '@dropout-lab/runs/node';
import { replicasOn } from '../train/open-run.ts';
import { version } from '../version.ts';
import type { Platform } from './platform.ts';

/** Node: tfjs-node or wasm on several threads, files and runs in folders. */
export const node: Platform = {
  version,
  backends: ['auto', 'node', 'webgpu', 'wasm', 'cpu'],
  startBackend: (choice) => startBackend(choice as BackendChoice),
  describeHardware,
  replicasOn: (config, name, workers) =>
    replicasOn(config, { name }, workers === undefined ? {} : { workers }),
  loadDataset: (name, { from, onProgress, signal }) =>
    loadDataset(name, { directory: from, onProgress, signal }),
  readPicture: async (picture, shape) => {
    // Loaded when it is needed, since sharp is native code.
    const { readPicture } = await import('../model/read-picture.ts');
    return typeof picture === 'string'
      ? readPicture(picture, shape, picture)
      : readPicture(new Uint8Array(await picture.arrayBuffer()), shape, 'predict');
  },
  save: saveRunDirectory,
  load: loadRunDirectory,
};
