import { writeFile } from 'node:fs/promises';
import { x } from 'tinyexec';
import { budgetsFile, complaintsOf, release } from './package-checks.mjs';

const sizeLimit = ['--config', 'size-limit.config.mjs'];

/** Lists everything packed or built that size-limit finds over its budget. */
export const sizeProblems = () => complaintsOf('size-limit', [...sizeLimit, '--hide-passed']);

/** Gives everything a budget a fifth above its current size, in half kilobytes (of 1000 bytes). */
export const updateBudgets = async () => {
  // With --json its exit code is 1 when something is over its budget, which is the reason for this run.
  const { stdout, stderr } = await x('size-limit', [...sizeLimit, '--json'], {
    nodeOptions: { cwd: release },
  });
  if (stderr !== '') throw new Error(`size-limit: ${stderr}`);
  /** @type {{ name: string, size: number }[]} */
  const sizes = JSON.parse(stdout);
  const budgets = sizes.map(({ name, size }) => [name, `${Math.ceil((size / 1000) * 2.4) / 2} kB`]);
  await writeFile(budgetsFile, `${JSON.stringify(Object.fromEntries(budgets), null, 2)}\n`);
};
