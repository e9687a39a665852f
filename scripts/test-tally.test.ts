import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runNode } from './run-node.ts';
import { repository } from './spawn-turbo.mjs';
import { temporaryFolder } from './temporary-folder.ts';
import { summaryOf } from './test-tally.mjs';

const folder = temporaryFolder();

/** Runs vitest over the folder in a process of its own and prints the tally. */
const program = `
import { startVitest } from 'vitest/node';
import { tallyOf } from '${new URL('./test-tally.mjs', import.meta.url).href}';
const options = { root: ${JSON.stringify(folder)}, watch: false, globals: true, config: false, reporters: [{}] };
const vitest = await startVitest('test', [], options);
const tally = tallyOf(vitest.state.getTestModules(), vitest.state.getUnhandledErrors());
await vitest.close();
process.stdout.write(JSON.stringify(tally), () => process.exit());
`;

test('every test is counted once, and what fails outside a test too', async () => {
  const files = {
    'a.test.js': `
      test('passes', () => {});
      test('fails', () => expect(1).toBe(2));
      describe('group', () => { test.skip('skipped', () => {}); test.todo('to do'); });
      describe('hook', () => { beforeAll(() => { throw new Error('broken'); }); test('never runs', () => {}); });`,
    'b.test.js': `throw new Error('cannot be loaded');`,
    'c.test.js': `test('passes, then an error comes', () => { Promise.reject(new Error('uncaught')); });`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);

  const { stdout } = await runNode(['--input-type=module', '--eval', program], { cwd: repository });
  const tally = JSON.parse(stdout);
  expect(tally.passed).toBe(2);
  expect(tally.failed.toSorted()).toEqual([
    'a.test.js > fails',
    'a.test.js > hook',
    'b.test.js',
    'unhandled error: uncaught',
  ]);
  expect(tally.skipped.toSorted()).toEqual([
    'a.test.js > group > skipped',
    'a.test.js > group > to do',
    'a.test.js > hook > never runs',
  ]);
  expect(summaryOf(tally)).toBe('2 passed, 4 failed, 3 skipped');
});

test('nothing is said of skipped tests when there are none', () => {
  expect(summaryOf({ passed: 3, failed: [], skipped: [] })).toBe('3 passed, 0 failed');
});
