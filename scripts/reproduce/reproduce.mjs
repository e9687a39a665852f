import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stepsPerEpochOf } from '@dropout-lab/contracts';
import { x } from 'tinyexec';
import { repository } from '../spawn-turbo.mjs';
import { configOf, ReproduceError, rowsOf } from './record.mjs';

/**
 * @typedef {object} Reproduced
 * @property {readonly string[]} expected Rows of the recorded history.
 * @property {readonly string[]} found Rows of the one that was trained now.
 */

/**
 * Trains the first epochs of a recorded history again, by the `dropout-lab` command. Schedules keep the length of the
 * whole run, since training ends by a number of steps.
 *
 * @param {import('./record.mjs').RecordedHistory} history
 * @param {{ epochs: number, workers?: string | undefined, dataDir?: string | undefined, isQuiet?: boolean }} options
 * @returns {Promise<Reproduced>}
 * @throws ReproduceError where the command fails.
 */
export const reproduce = async (history, { epochs, workers, dataDir, isQuiet = false }) => {
  const folder = mkdtempSync(join(tmpdir(), 'dropout-lab-reproduce-'));
  try {
    const config = configOf(history);
    const steps = epochs * stepsPerEpochOf(config, history.trainImages);
    // Images of the test do not move the history; a few end the run sooner.
    const short = { ...config, maxSteps: steps, limitTest: Math.min(config.limitTest ?? 250, 250) };
    const file = join(folder, 'config.json');
    writeFileSync(file, JSON.stringify(short));
    const run = join(folder, 'run');
    const { exitCode, stderr } = await x(
      process.execPath,
      [
        ...[join(repository, 'apps/trainer/dist/cli.js'), 'train', '--config', file, '--run-dir', run],
        ...['--backend', history.backend],
        ...(workers === undefined ? [] : ['--workers', workers]),
        ...(dataDir === undefined ? [] : ['--data-dir', dataDir]),
      ],
      { nodeOptions: { stdio: ['ignore', isQuiet ? 'ignore' : 'inherit', isQuiet ? 'pipe' : 'inherit'] } },
    );
    if (exitCode !== 0)
      throw new ReproduceError(
        `training failed with exit code ${exitCode}: ${isQuiet ? stderr.trim() : 'see above'}`,
      );
    return { expected: history.rows.slice(0, epochs), found: rowsOf(join(run, 'history.csv')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/**
 * Returns the epochs that differ, in a sentence each.
 *
 * @param {Reproduced} reproduced
 * @returns {string[]}
 */
export const differencesOf = ({ expected, found }) =>
  expected.flatMap((row, i) =>
    row === found[i] ? [] : [`epoch ${i + 1}: expected ${row}, found ${found[i] ?? 'none'}`],
  );
