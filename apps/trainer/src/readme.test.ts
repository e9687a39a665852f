import { chdir, cwd } from 'node:process';
import { test } from 'vitest';
import { runReadmeExample } from '../../../scripts/readme-example.ts';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';

test('the example of the README runs', async () => {
  const before = cwd();
  // Where it saves its run.
  chdir(temporaryFolder());
  try {
    await runReadmeExample(new URL('..', import.meta.url).href);
  } finally {
    chdir(before);
  }
});
