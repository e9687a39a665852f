import { mkdir, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { tfjsNodeFolder } from '@dropout-lab/backend/node';
import { version_core as version } from '@tensorflow/tfjs-core';
import { compileAddon } from './addon.mjs';
import { checkTraining } from './check-training.mjs';
import { fetchLibtensorflow } from './libtensorflow.mjs';
import { givenAddresses, installPackages, runInstallScript } from './packages.mjs';
import { writeRecord } from './record.mjs';
import { CommandError } from './run.mjs';
import { withStaging } from './staging.mjs';
import { findTools } from './tools.mjs';

/** @typedef {(line: string) => void} Say */

/**
 * Makes tfjs-node work: as it is; by its own install script; or compiled from the source in its npm package
 * against the libtensorflow of a Python wheel. A working installation is put into `tfjsNodeFolder()`, whole or not at all.
 *
 * @param {Say} say Gets a line about each attempt and its result.
 * @returns {Promise<string>} A description of the working installation.
 * @throws CommandError or MissingToolsError of the last way, when none works.
 */
export const setUpNative = async (say) => {
  try {
    const { reason } = await checkTraining();
    say('already set up: nothing to do');
    return reason;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    say(`as it is: ${error.message}`);
  }
  return withStaging(dirname(tfjsNodeFolder()), (staging) => setUpIn(staging, say));
};

/**
 * @param {string} staging A cache folder of our own, in which the backend finds what is set up.
 * @param {Say} say
 */
const setUpIn = async (staging, say) => {
  const folder = tfjsNodeFolder();
  const project = join(staging, 'tfjs-node', basename(folder));
  await mkdir(project, { recursive: true });

  const provide = async () => {
    try {
      return await installOrdinarily(project, staging, say);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      say(`ordinary install${givenAddresses()}: ${error.message}`);
      return build(project, staging, say);
    }
  };
  const { training, origin } = await provide();
  await writeRecord(project, { 'tfjs-node': version, ...training.versions, ...origin });
  await rename(folder, join(staging, 'replaced')).catch(() => undefined);
  await rename(project, folder);
  return `${training.description}, in ${folder}`;
};

/** @param {string} project @param {string} staging @param {Say} say */
const installOrdinarily = async (project, staging, say) => {
  await installPackages(project, version);
  await runInstallScript(project);
  const training = await checkTraining({ cache: staging });
  say(`ordinary install${givenAddresses()}: done; ${training.agreement}`);
  return { training, origin: { from: 'its install script' } };
};

/** @param {string} project @param {string} staging @param {Say} say */
const build = async (project, staging, say) => {
  const tools = await findTools();
  // Installed again, since the install script may have left anything behind.
  await installPackages(project, version);
  const libtensorflow = await fetchLibtensorflow(tools, project, staging);
  say(`libtensorflow: ${libtensorflow.from}`);
  await compileAddon(tools.compiler, project, libtensorflow);
  const training = await checkTraining({ cache: staging });
  say(`addon: compiled by ${tools.compiler.join(' ')}; ${training.agreement}`);
  return { training, origin: { from: libtensorflow.from, compiler: tools.compiler.join(' ') } };
};
