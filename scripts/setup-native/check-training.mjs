import { fileURLToPath } from 'node:url';
import { run } from './run.mjs';

const LIMIT_SECONDS = 120;

/**
 * @typedef {object} Training
 * @property {string} description
 * @property {string} reason The description, and where it was loaded from.
 * @property {Readonly<Record<string, string>>} versions
 * @property {string} agreement The agreement with wasm in words.
 */

/**
 * Takes a training step on tfjs-node, in a process of its own, since an unsuitable addon can end the process.
 *
 * @param {{ cache?: string }} [options] The cache folder to look into, by default the user's.
 * @returns {Promise<Training>}
 * @throws CommandError when it cannot be loaded, or its results differ from those of wasm.
 */
export const checkTraining = async ({ cache } = {}) => {
  const script = fileURLToPath(new URL('check-training.child.mjs', import.meta.url));
  const output = await run(process.execPath, [script], {
    env: { ...process.env, ...(cache !== undefined && { DROPOUT_LAB_CACHE: cache }) },
    limitSeconds: LIMIT_SECONDS,
  });
  return JSON.parse(/** @type {string} */ (output.trim().split('\n').at(-1)));
};
