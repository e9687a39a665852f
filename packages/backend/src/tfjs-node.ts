import { createRequire } from 'node:module';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { activate } from './activate.ts';
import { BackendError } from './errors.ts';
import { quietly } from './quietly.ts';
import type { RunningBackend } from './running-backend.ts';

const packageName = '@tensorflow/tfjs-node';

/**
 * Native TensorFlow. tfjs-node brings a tfjs-core of its own when it cannot share ours; both keep one engine
 * and one kernel registry on globalThis, so either way its kernels are the ones that our operations find.
 *
 * @throws BackendError when the package is not installed, or cannot be loaded.
 */
export const startTfjsNode = async (resolveFrom: string | URL): Promise<RunningBackend> => {
  const version = await load(resolveFrom);
  await activate('tensorflow');
  const { binding } = tf.backend() as unknown as { readonly binding: { readonly TF_Version: string } };
  return {
    name: 'tensorflow',
    description: `tfjs-node ${version} (libtensorflow ${binding.TF_Version})`,
    versions: { [packageName]: version, libtensorflow: binding.TF_Version },
  };
};

/** Loads the package, which registers its backend, and returns its version. */
const load = async (resolveFrom: string | URL): Promise<string> => {
  const require = createRequire(resolveFrom);
  const entry = locate(require);
  restoreRemovedUtilities();
  // Without it libtensorflow greets with its build flags on stderr.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '1';
  try {
    const { version } = (await quietly(() => require(entry))) as {
      readonly version: Readonly<Record<string, string>>;
    };
    return version['tfjs-node']!;
  } catch (cause) {
    throw new BackendError(
      `tfjs-node could not be loaded: ${firstLine(cause)}; npm rebuild ${packageName}, or go on with wasm`,
      { cause },
    );
  }
};

const locate = (require: NodeJS.Require): string => {
  try {
    return require.resolve(packageName);
  } catch (cause) {
    // A failed install of an optional dependency leaves nothing behind to rebuild.
    throw new BackendError(
      `tfjs-node is not installed; npm install ${packageName} shows why or cures it, or go on with wasm`,
      { cause },
    );
  }
};

/**
 * tfjs-node 4.22 calls two functions that Node 23 removed from `util` (tensorflow/tfjs #8609, #8746). The fix
 * (#8425) was merged and never released.
 */
const restoreRemovedUtilities = (): void => {
  const utilities = util as { isNullOrUndefined?: unknown; isArray?: unknown };
  utilities.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  utilities.isArray ??= Array.isArray;
};

const firstLine = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n', 1)[0]!.trim().replace(/\.$/, '');
};
