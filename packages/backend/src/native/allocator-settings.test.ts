import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { allocatorSettings } from './allocator-settings.ts';

const unlimited = { MALLOC_MMAP_THRESHOLD_: '4294967296', MALLOC_TRIM_THRESHOLD_: '17179869184' };

test.each<[string, Record<string, string>, string | null, Record<string, string>]>([
  ['a current glibc', {}, '2.36', unlimited],
  ['the first without a limit', {}, '2.35', unlimited],
  ['a later major version', {}, '3.0', unlimited],
  [
    'an older one, which takes at most 32 MB',
    {},
    '2.31',
    { ...unlimited, MALLOC_MMAP_THRESHOLD_: '33554432' },
  ],
  ['another C library', {}, null, {}],
  ["a threshold of the user's", { MALLOC_MMAP_THRESHOLD_: '1000000' }, '2.36', {}],
  ["the other threshold of the user's", { MALLOC_TRIM_THRESHOLD_: '' }, '2.36', {}],
])('%s', (_, environment, glibc, expected) => {
  expect(allocatorSettings(environment, glibc)).toEqual(expected);
});

test.runIf(process.platform === 'linux' && Object.keys(allocatorSettings({})).length > 0)(
  'a process that is started with them faults less for buffers that it gives back',
  () => {
    const program = `
      for (let i = 0; i < 40; i++) { Buffer.allocUnsafeSlow(40e6).fill(1); globalThis.gc(); }
      console.log(process.resourceUsage().minorPageFault);`;
    const faults = (variables: Readonly<Record<string, string>>): number =>
      Number(
        spawnSync(process.execPath, ['--expose-gc', '-e', program], {
          env: {
            ...process.env,
            MALLOC_MMAP_THRESHOLD_: undefined,
            MALLOC_TRIM_THRESHOLD_: undefined,
            ...variables,
          },
          encoding: 'utf8',
        }).stdout,
      );
    expect(faults(allocatorSettings({}))).toBeLessThan(faults({}) / 4);
  },
);
