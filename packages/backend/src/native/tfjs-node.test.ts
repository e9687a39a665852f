import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { BackendError, startBackend, tfjsNodeFolder } from '../node.ts';

let folder: string;
/** An application in which each test installs a tfjs-node of its own. */
let application: string;

beforeEach(() => {
  folder = temporaryFolder();
  application = join(folder, 'main.js');
  vi.stubEnv('DROPOUT_LAB_CACHE', join(folder, 'cache'));
});

afterEach(() => vi.unstubAllEnvs());

/** Installs a package of that name, by default in the application. */
const install = async (source: string, into = folder): Promise<void> => {
  const path = join(into, 'node_modules/@tensorflow/tfjs-node');
  await mkdir(path, { recursive: true });
  await writeFile(join(path, 'package.json'), '{ "name": "@tensorflow/tfjs-node", "version": "4.22.0" }');
  await writeFile(join(path, 'index.js'), source);
};

const refuse = (): never => {
  throw new Error('deprecated');
};

/** Throws tfjs-node's error when its install script could not download the addon. */
const withoutAddon = `throw new Error("The Node.js native addon module (tfjs_binding.node) can not be found at path: /tfjs_binding.node. \\nPlease run command ...")`;

/** Replaces the native addon: starts like tfjs-node, on this tfjs-core, and computes on the cpu. */
const loadable = (): string => {
  const require = createRequire(import.meta.url);
  return `
    const tf = require(${JSON.stringify(require.resolve('@tensorflow/tfjs-core'))});
    const { MathBackendCPU } = require(${JSON.stringify(require.resolve('@tensorflow/tfjs-backend-cpu'))});
    const { isNullOrUndefined, isArray } = require('util');
    if (!isNullOrUndefined(null) || isNullOrUndefined(0) || !isArray([])) throw new Error('util');
    tf.registerBackend('tensorflow', () => Object.assign(new MathBackendCPU(), { binding: { TF_Version: '2.9.1' } }), 3);
    exports.version = { 'tfjs-core': '4.22.0', 'tfjs-node': '4.22.0' };`;
};

test('not installed: node is refused with what to do, auto takes wasm and gives the reason', async () => {
  const message =
    'tfjs-node is not installed; npm install @tensorflow/tfjs-node shows why or fixes it, or use wasm';
  const refused = startBackend('node', { resolveFrom: application });
  await expect(refused).rejects.toThrow(BackendError);
  await expect(refused).rejects.toThrow(message);

  const { name, reason } = await startBackend('auto', { resolveFrom: application });
  expect(name).toBe('wasm');
  expect(tf.getBackend()).toBe('wasm');
  expect(reason).toBe(`wasm (SIMD): ${message}`);
});

test('without its addon: one line of its error, and the way to rebuild it', async () => {
  await install(withoutAddon);
  const message =
    'tfjs-node could not be loaded: The Node.js native addon module (tfjs_binding.node) can not be found at path: /tfjs_binding.node; npm rebuild @tensorflow/tfjs-node, or use wasm';
  await expect(startBackend('node', { resolveFrom: application })).rejects.toThrow(new BackendError(message));

  const { name, reason } = await startBackend('auto', { resolveFrom: application });
  expect(name).toBe('wasm');
  expect(reason).toBe(`wasm (SIMD): ${message}`);
});

test('whatever it throws is in the message', async () => {
  await install(`throw 'a fit'`);
  await expect(startBackend('node', { resolveFrom: application })).rejects.toThrow(
    'tfjs-node could not be loaded: a fit; npm rebuild',
  );
  await install(`require('not-there')`);
  await expect(startBackend('node', { resolveFrom: application })).rejects.toThrow(
    "tfjs-node could not be loaded: Cannot find module 'not-there'; npm rebuild",
  );
});

test.each([
  ['has removed', {}],
  ['warns of', { isNullOrUndefined: refuse, isArray: refuse }],
])('loaded on a Node that %s util functions, it is what auto picks', async (_, functions) => {
  await install(loadable());
  const utilities = util as { isNullOrUndefined?: unknown; isArray?: unknown };
  delete utilities.isNullOrUndefined;
  delete utilities.isArray;
  Object.assign(utilities, functions);
  const warned = vi.spyOn(console, 'warn');

  const { name, description, reason, versions } = await startBackend('auto', { resolveFrom: application });
  expect(name).toBe('tensorflow');
  expect(tf.getBackend()).toBe('tensorflow');
  expect(description).toBe('tfjs-node 4.22.0 (libtensorflow 2.9.1)');
  expect(reason).toBe(`${description}: native TensorFlow, since it can be loaded`);
  expect(versions).toMatchObject({ '@tensorflow/tfjs-node': '4.22.0', libtensorflow: '2.9.1' });
  expect(warned).not.toHaveBeenCalled();
});

test('without one in the application, the one in the cache folder is taken, and the folder is named', async () => {
  const cached = tfjsNodeFolder();
  expect(cached).toBe(
    join(folder, 'cache', 'tfjs-node', `${tf.version_core}-${process.platform}-${process.arch}`),
  );
  await install(loadable(), cached);

  const { description, reason } = await startBackend('node', { resolveFrom: application });
  expect(reason).toBe(`${description}: as asked for, from ${cached}`);
  expect((await startBackend('auto', { resolveFrom: application })).reason).toBe(
    `${description}: native TensorFlow, since it can be loaded, from ${cached}`,
  );
});

test("the application's own comes first; the cache folder's is taken where it cannot be loaded", async () => {
  await install(loadable(), tfjsNodeFolder());
  await install(withoutAddon);
  const instead = await startBackend('auto', { resolveFrom: application });
  expect(instead.reason).toContain(`from ${tfjsNodeFolder()}`);

  const other = join(folder, 'other');
  await install(loadable(), other);
  const own = await startBackend('auto', { resolveFrom: join(other, 'main.js') });
  expect(own.reason).toBe(`${own.description}: native TensorFlow, since it can be loaded`);
});

test('a cache folder that cannot be loaded is named', async () => {
  await install(withoutAddon, tfjsNodeFolder());
  const message = `tfjs-node in ${tfjsNodeFolder()} could not be loaded: The Node.js native addon module (tfjs_binding.node) can not be found at path: /tfjs_binding.node; set it up again, or use wasm`;
  await expect(startBackend('node', { resolveFrom: application })).rejects.toThrow(new BackendError(message));
  expect((await startBackend('auto', { resolveFrom: application })).reason).toBe(`wasm (SIMD): ${message}`);
});
