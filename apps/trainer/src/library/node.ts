import { fileURLToPath } from 'node:url';
import { type BackendChoice, describeHardware, startBackend } from '@dropout-lab/backend/node';
import { loadDataset } from '@dropout-lab/cifar/node';
import { loadRunDirectory, saveRunDirectory } from '@dropout-lab/runs/node';
import { fetchClassifier } from '../classifier/fetch-classifier.ts';
import { pixelsInNode } from '../classifier/pictures-in-node.ts';
import { readClassifier } from '../classifier/read-classifier.ts';
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
  // sharp is native code, and is loaded for those who have pictures.
  loadImageFolder: async (path, options) =>
    (await import('@dropout-lab/data/node')).imageFolder(path, options),
  loadParquetFile: async (path, options) => (await import('@dropout-lab/data/node')).parquet(path, options),
  decodePicture: async () => (await import('@dropout-lab/data/node')).decodePicture,
  readPicture: pixelsInNode,
  readClassifier: (folder) => {
    const place = `${folder}`;
    if (/^https?:/.test(place)) return fetchClassifier(place);
    return readClassifier(place.startsWith('file:') ? fileURLToPath(place) : place);
  },
  save: saveRunDirectory,
  load: loadRunDirectory,
};
