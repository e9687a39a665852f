import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import { replaceTfjsNodeKernels } from '@dropout-lab/wasm-training/other-backends';
import * as tf from '@tensorflow/tfjs-core';
import { BackendError } from '../errors.ts';
import { activate } from '../start/activate.ts';
import type { RunningBackend } from '../start/running-backend.ts';
import { withoutWarnings } from '../start/without-warnings.ts';
import { tfjsNodeFolder } from './tfjs-node-folder.ts';

const packageName = '@tensorflow/tfjs-node';

/** A tfjs-node that has been started, and where it was found. */
export interface RunningTfjsNode {
  readonly backend: RunningBackend;
  /** The folder that it was loaded from; undefined for the application's own. */
  readonly folder: string | undefined;
}

/**
 * Starts native TensorFlow: the application's tfjs-node or, where that cannot be loaded, the one in {@link tfjsNodeFolder}. A tfjs-node that brings a tfjs-core of its own shares our engine, kernels and gradients
 * all the same, since they are kept on globalThis: its kernels are those that our operations find.
 *
 * @throws BackendError when there is none, or none that can be loaded.
 */
export const startTfjsNode = async (resolveFrom: string | URL): Promise<RunningTfjsNode> => {
  const { version, folder } = await loadFirst(resolveFrom);
  await activate('tensorflow');
  replaceTfjsNodeKernels();
  const { binding } = tf.backend() as unknown as { readonly binding: { readonly TF_Version: string } };
  const backend = {
    name: 'tensorflow',
    description: `tfjs-node ${version} (libtensorflow ${binding.TF_Version})`,
    versions: { [packageName]: version, libtensorflow: binding.TF_Version },
  } as const;
  return { backend, folder };
};

const loadFirst = async (resolveFrom: string | URL) => {
  try {
    return { version: await loadFromApplication(resolveFrom), folder: undefined };
  } catch (error) {
    const folder = tfjsNodeFolder();
    if (!(error instanceof BackendError) || !existsSync(folder)) throw error;
    return { version: await loadFromFolder(folder), folder };
  }
};

const loadFromApplication = async (resolveFrom: string | URL): Promise<string> => {
  const require = createRequire(resolveFrom);
  try {
    require.resolve(packageName);
  } catch (cause) {
    // A failed install of an optional dependency leaves nothing behind to rebuild.
    throw new BackendError(
      `tfjs-node is not installed; npm install ${packageName} shows why or fixes it, or use wasm`,
      { cause },
    );
  }
  try {
    return await load(require);
  } catch (cause) {
    throw new BackendError(
      `tfjs-node could not be loaded: ${firstLine(cause)}; npm rebuild ${packageName}, or use wasm`,
      { cause },
    );
  }
};

const loadFromFolder = async (folder: string): Promise<string> => {
  try {
    return await load(createRequire(join(folder, 'package.json')));
  } catch (cause) {
    throw new BackendError(
      `tfjs-node in ${folder} could not be loaded: ${firstLine(cause)}; set it up again, or use wasm`,
      { cause },
    );
  }
};

/** Loads the package, which registers its backend, and returns its version. */
const load = async (require: NodeJS.Require): Promise<string> => {
  replaceDeprecatedUtilities();
  // Without it libtensorflow prints its build flags to stderr.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  const { version } = (await withoutWarnings(() => require(packageName))) as {
    readonly version: Readonly<Record<string, string>>;
  };
  return version['tfjs-node']!;
};

/**
 * tfjs-node 4.22 calls two functions of `util` that Node warns of since version 22, or has removed (tensorflow/tfjs #8609, #8746).
 * The fix (#8425) was merged and never released.
 */
const replaceDeprecatedUtilities = (): void => {
  const isNullOrUndefined = (value: unknown): boolean => value === null || value === undefined;
  Object.assign(util, { isNullOrUndefined, isArray: Array.isArray });
};

const firstLine = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]!.trim().replace(/\.$/, '');
};
