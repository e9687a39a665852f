import { type BrowserBackendChoice, describeHardware, startBackend } from '@dropout-lab/backend/browser';
import { datasetLoaders, loadCifarFromUrls } from '@dropout-lab/cifar';
import { ConfigError } from '@dropout-lab/contracts';
import { decodeInBrowser } from '@dropout-lab/data';
import { decodeRun, encodeRun, RunDirectoryError } from '@dropout-lab/runs';
import { createReplica } from '@dropout-lab/training';
import { createStore, get, set } from 'idb-keyval';
import manifest from '../../package.json' with { type: 'json' };
import { fetchClassifier } from '../classifier/fetch-classifier.ts';
import { pixelsInBrowser } from '../classifier/pictures-in-browser.ts';
import type { Platform } from './platform.ts';

/** Browsers: a graphics processor or wasm, files from the web, runs in the browser's database. */
export const browser: Platform = {
  version: manifest.version,
  backends: ['auto', 'webgpu', 'webgl', 'wasm', 'cpu'],
  startBackend: (choice) => startBackend(choice as BrowserBackendChoice, { wasmUrl }),
  describeHardware,
  replicasOn: (_config, _backend, workers = 1) => {
    if (workers === 1) return { count: 1, start: async (model) => createReplica(model) };
    throw new ConfigError(`workers: expected 1 in a browser, received ${workers}: leave it out`, ['workers']);
  },
  loadDataset: async (name, { from, onProgress, signal }) => {
    const loader = datasetLoaders[name];
    if (loader.kind === 'drawn') return loader.draw();
    if (from !== undefined) return loadCifarFromUrls(loader.files, { baseUrl: from, onProgress, signal });
    throw new ConfigError(
      `${name}: from: expected the web address of a folder with its .bin files, received none: serve the folder that "npx dropout-lab data fetch" fills, or begin with sample()`,
      ['from'],
    );
  },
  loadImageFolder: async (path) => {
    throw new ConfigError(
      `imageFolder: expected a folder that the page was given, received ${path}: give event.dataTransfer of a drop, the files of an input with webkitdirectory, or what showDirectoryPicker() returns`,
    );
  },
  loadParquetFile: async (path) => {
    throw new ConfigError(
      `parquet: expected the content of a file in a browser, received ${path}: give the File that the page was given, or a Blob`,
    );
  },
  decodePicture: async () => decodeInBrowser,
  readPicture: pixelsInBrowser,
  readClassifier: (folder) => fetchClassifier(`${folder}`),
  save: async (name, run) => set(name, await encodeRun(run), runsOfThisOrigin()),
  load: async (name) => {
    const files = await get<Record<string, string | Uint8Array>>(name, runsOfThisOrigin());
    if (files) return decodeRun(files, name);
    throw new RunDirectoryError(
      `${name}: expected a run that was saved in this browser by this site, found none: save one by that name, or give the files of a run directory`,
    );
  },
};

// Bundlers recognize this form, and add the file to the bundle.
const wasmUrl = new URL('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm', import.meta.url)
  .href;

const runsOfThisOrigin = () => createStore('dropout-lab', 'runs');
