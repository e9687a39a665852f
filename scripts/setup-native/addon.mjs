import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeHeadersFolder, packageFolder } from './packages.mjs';
import { run } from './run.mjs';

/** The newest Node-API for which tfjs-node 4.22 has an addon, and the folder in which it looks for the addon. */
const NODE_API_VERSION = 8;

const LIMIT_SECONDS = 600;

/**
 * Compiles tfjs-node's addon as its `binding.gyp` would. Thanks to Node-API it works with every later Node as well.
 *
 * @param {readonly string[]} compiler
 * @param {string} project
 * @param {import('./libtensorflow.mjs').Libtensorflow} libtensorflow
 * @throws CommandError
 */
export const compileAddon = async ([command, ...first], project, { libraries, headers }) => {
  const folder = packageFolder(project);
  const output = join('lib', `napi-v${NODE_API_VERSION}`);
  await mkdir(join(folder, output), { recursive: true });
  await run(
    /** @type {string} */ (command),
    [
      ...first,
      ...['-O2', '-std=c++17', '-fPIC', '-shared', `-DNAPI_VERSION=${NODE_API_VERSION}`],
      ...[`-I${nodeHeadersFolder(project)}`, `-I${headers}`],
      ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'],
      ...libraries,
      // Relative to the addon, so that the folder can be moved.
      '-Wl,-rpath,$ORIGIN/../../deps/lib',
      ...['-o', join(output, 'tfjs_binding.node')],
    ],
    { cwd: folder, limitSeconds: LIMIT_SECONDS, complaint: /error: / },
  );
};
