import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { command, outcomeOf, require, requireRefusal, train } from './context.mjs';

/** @typedef {import('./context.mjs').Context} Context @typedef {import('./context.mjs').Random} Random */

/** A run that is killed again and again ends as one that was not. @param {Context} context @param {Random} random */
export const kills = async (context, random) => {
  const run = join(context.folder, `killed-${random.below(1e9)}`);
  let killed = 0;
  for (const times = 1 + random.below(4); killed < times; killed++) {
    const { code, stderr } = await again(context, run, { killAfterMs: 200 + random.below(2500) });
    // The kill may have come between the last file and the exit of the process.
    if (code === 0 || isComplete(stderr)) break;
    require(code === null, `a run that was killed ${killed} times: found exit code ${code}\n${stderr}`);
  }
  await finish(context, run);
  return { kills: killed };
};

/** A run on a disk that is full goes on when there is room again. @param {Context} context @param {Random} random */
export const fullDisks = async (context, random) => {
  const run = join(context.folder, `full-${random.below(1e9)}`);
  const ended = await again(context, run, { blocks: random.below(40) });
  if (ended.code !== 0) requireRefusal(ended, 'training on a full disk');
  if (random.below(2) === 0) {
    const resumed = await again(context, run, { blocks: random.below(30) });
    if (resumed.code !== 0) requireRefusal(resumed, 'resuming on a full disk');
  }
  await finish(context, run);
  return { fills: 1 };
};

/**
 * Starts a run, or resumes it where there is one.
 *
 * @param {Context} context
 * @param {string} run
 * @param {{ killAfterMs?: number, blocks?: number }} [trouble]
 */
const again = ({ config, folder }, run, trouble = {}) =>
  command(existsSync(join(run, 'run.json')) ? ['train', '--resume', run] : train(config, run), {
    cwd: folder,
    ...trouble,
  });

/** Whether a run is not resumed because it has ended. @param {string} stderr */
const isComplete = (stderr) => stderr.includes('has ended (completed)');

/** @param {Context} context @param {string} run */
const finish = async (context, run) => {
  const { code, stderr } = await again(context, run);
  require(code === 0 || isComplete(stderr), `finishing ${run}: found exit code ${code}\n${stderr}`);
  require((await outcomeOf(run)) === context.outcome, `${run}: ends with other weights or metrics`);
  await rm(run, { recursive: true });
};
