import { version_core } from '@tensorflow/tfjs-core';
import { startCpu } from './cpu.ts';
import { BackendError } from './errors.ts';
import type { RunningBackend } from './running-backend.ts';
import { type RunningTfjsNode, startTfjsNode } from './tfjs-node.ts';
import { startWasm } from './wasm.ts';

/**
 * `auto` is tfjs-node where it can be loaded, else wasm; `node` insists on tfjs-node. Either takes the
 * application's, and where that cannot be loaded the one in `tfjsNodeFolder()`.
 */
export type BackendChoice = 'auto' | 'node' | 'wasm' | 'cpu';

export interface StartedBackend extends RunningBackend {
  /** One line: what was picked and why, and how to have the faster one when it was not to be had. */
  readonly reason: string;
}

export interface StartBackendOptions {
  /**
   * A module of the application, as a file URL or absolute path, whose tfjs-node is to be loaded. Left out, it
   * is the one that the package manager gave to this package, of which it is an optional peer.
   */
  readonly resolveFrom?: string | URL;
}

/**
 * Starts a backend and makes it the one that every TensorFlow.js operation of this thread runs on. Gradients
 * come with `@tensorflow/tfjs-layers`: tfjs-core alone registers none.
 *
 * @throws BackendError when the backend cannot be had; `auto` throws only where wasm cannot be had either.
 */
export const startBackend = async (
  choice: BackendChoice,
  { resolveFrom = import.meta.url }: StartBackendOptions = {},
): Promise<StartedBackend> => {
  switch (choice) {
    case 'auto':
      return startFastest(resolveFrom);
    case 'node':
      return startedTfjsNode(await startTfjsNode(resolveFrom), 'as asked for');
    case 'wasm':
      return started(await startWasm(), 'as asked for');
    case 'cpu':
      return started(await startCpu(), 'as asked for; much slower than wasm');
  }
};

const startFastest = async (resolveFrom: string | URL): Promise<StartedBackend> => {
  try {
    return startedTfjsNode(await startTfjsNode(resolveFrom), 'native TensorFlow, since it can be loaded');
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return started(await startWasm(), error.message);
  }
};

const startedTfjsNode = ({ backend, folder }: RunningTfjsNode, why: string): StartedBackend =>
  started(backend, folder === undefined ? why : `${why}, from ${folder}`);

const started = (backend: RunningBackend, why: string): StartedBackend => ({
  ...backend,
  reason: `${backend.description}: ${why}`,
  versions: {
    node: process.versions.node,
    '@tensorflow/tfjs-core': version_core,
    ...backend.versions,
  },
});
