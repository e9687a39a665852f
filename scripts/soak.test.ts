import { expect, test } from 'vitest';
import { runNode } from './run-node.ts';
import { repository } from './spawn-turbo.mjs';

test('a minute of kills, full disks, turned bits, wrong input, clients that leave and mirrors that lie: all is as it should be', {
  timeout: 600_000,
}, async () => {
  const { code, stdout } = await runNode(['scripts/soak/main.mjs', '--minutes', '1', '--seed', '1'], {
    cwd: repository,
  });
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(/\nAll was as it should be\.\n$/),
  });
  // Every kind had its turn.
  for (const kind of ['kills', 'fullDisks', 'damage', 'badInput', 'disconnects', 'mirrors'])
    expect(stdout).toContain(`  ${kind}: `);
});

test.each([
  ['--minutes', '0'],
  ['--seed', 'x'],
  ['--only', 'luck'],
])('a soak with %s %s is refused', async (...args) => {
  const { code, stderr } = await runNode(['scripts/soak/main.mjs', ...args], { cwd: repository });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('soak: expected --minutes') });
});
