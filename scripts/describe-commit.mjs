import { run } from './run.mjs';

/** @returns {Promise<string>} The commit that is checked out here, for a person; `-dirty` with changes. */
export const describeCommit = async () => {
  try {
    return (await run('git', ['describe', '--always', '--dirty'])).trim();
  } catch {
    return 'not in a checkout';
  }
};
