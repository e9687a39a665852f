import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from './run.mjs';

const packageName = '@tensorflow/tfjs-node';
const LIMIT_SECONDS = 600;

/** The headers of Node-API alone: the addon includes no others of Node. */
const nodeHeaders = { name: 'node-api-headers', version: '1.9.0' };

/** @param {string} project */
export const packageFolder = (project) => join(project, 'node_modules', packageName);

/** @param {string} project */
export const nodeHeadersFolder = (project) => join(project, 'node_modules', nodeHeaders.name, 'include');

/**
 * Installs tfjs-node again without its addon, by the user's npm client, which checks the hashes.
 *
 * @param {string} project The folder, which becomes an npm project.
 * @param {string} version
 * @throws CommandError
 */
export const installPackages = async (project, version) => {
  await rm(packageFolder(project), { recursive: true, force: true });
  const dependencies = { [packageName]: version, [nodeHeaders.name]: nodeHeaders.version };
  await writeFile(join(project, 'package.json'), JSON.stringify({ private: true, dependencies }, null, 2));
  await npm(['install', '--ignore-scripts'], project);
};

/**
 * Runs tfjs-node's own install script, which downloads libtensorflow and the addon.
 *
 * @param {string} project
 * @throws CommandError
 */
export const runInstallScript = (project) =>
  npm(['rebuild', packageName, '--ignore-scripts=false'], project, installScriptEnvironment());

/** The variables by which a user gives the install script, or node-pre-gyp below it, other addresses. */
const addressVariables = [
  'TFJS_NODE_BASE_URI',
  'TFJS_NODE_CDN_STORAGE',
  'CDN_STORAGE',
  'npm_config_TFJS_NODE_BASE_URI',
  'npm_config_TFJS_NODE_CDN_STORAGE',
  'npm_config_tfjs_binding_binary_host_mirror',
];

/** Names the variables that are set, for a message: ` with TFJS_NODE_BASE_URI`; empty where there are none. */
export const givenAddresses = () => {
  const given = addressVariables.filter((name) => process.env[name]);
  return given.length === 0 ? '' : ` with ${given.join(', ')}`;
};

/** Points node-gyp to the headers beside Node, if there are any; otherwise it downloads them when it has to compile. */
const installScriptEnvironment = () => {
  const prefix = join(dirname(process.execPath), '..');
  return existsSync(join(prefix, 'include', 'node', 'node_api.h'))
    ? { npm_config_nodedir: prefix, ...process.env }
    : process.env;
};

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 * @param {NodeJS.ProcessEnv} [env]
 */
const npm = (args, cwd, env) =>
  run('npm', [...args, '--no-audit', '--no-fund'], {
    cwd,
    ...(env && { env }),
    limitSeconds: LIMIT_SECONDS,
    complaint: /Error: |npm error 404 /,
  });
