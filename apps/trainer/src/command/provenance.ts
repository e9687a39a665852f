import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The commit of the checkout that this program runs from, `-dirty` when it has uncommitted changes; null outside one. */
export const readCommit = async (): Promise<string | null> => {
  const git = async (...args: string[]): Promise<string> =>
    (await run('git', args, { cwd: import.meta.dirname })).stdout.trim();
  try {
    const commit = await git('rev-parse', 'HEAD');
    const changes = await git('status', '--porcelain', '--untracked-files=no');
    return changes === '' ? commit : `${commit}-dirty`;
  } catch {
    return null;
  }
};
