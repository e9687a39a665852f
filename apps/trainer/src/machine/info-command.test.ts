import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { runCli } from '../command/testing.ts';
import { version } from '../version.ts';

test('info says version, machine, backends with reasons, and what the cache has, and writes nothing', async () => {
  const cache = temporaryFolder();
  await mkdir(join(cache, 'cifar-10'));
  await writeFile(join(cache, 'cifar-10', 'test_batch.bin'), '');
  await writeFile(join(cache, 'cifar-10', 'cifar-10-binary.tar.gz.partial'), Buffer.alloc(1_500_000));
  const cwd = temporaryFolder();
  const env = { DROPOUT_LAB_CACHE: cache };
  const { code, stdout, stderr } = await runCli(['info'], { cwd, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const lines = stdout.split('\n');

  expect(lines[0]).toMatch(new RegExp(`^dropout-lab ${version}( \\(commit [0-9a-f]{40}(-dirty)?\\))?$`));
  expect(lines[1]).toMatch(/^Machine: .+, [\d.]+ GB of memory$/);
  expect(lines[1]).toContain(`${process.platform} ${process.arch}, `);
  expect(lines[1]).toContain(`, ${availableParallelism()} cores, `);

  const backends = lines.slice(lines.indexOf('Backends:') + 1, lines.indexOf('Versions:'));
  expect(backends).toEqual([
    expect.stringMatching(
      /^ {2}webgpu: (webgpu \(.+\)|not available: backend webgpu: .+ or choose another backend)$/,
    ),
    expect.stringMatching(
      /^ {2}node: (tfjs-node [\d.]+ \(libtensorflow [\d.]+\)|not available: tfjs-node .+)$/,
    ),
    expect.stringMatching(/^ {2}wasm: wasm \(/),
    expect.stringMatching(/^ {2}cpu: cpu/),
    expect.stringMatching(/^ {2}auto: (webgpu|tfjs-node|wasm) .+: .+$/),
  ]);
  expect(lines).toContain(`  node: ${process.versions.node}`);
  expect(lines).toContain('  @tensorflow/tfjs-core: 4.22.0');

  expect(lines.slice(-3)).toEqual([
    `Cache: ${cache}`,
    '  cifar10: 1 of 6 files, 1.5 MB of an unfinished download',
    '  cifar100: 0 of 2 files',
  ]);
  expect([await readdir(cwd), await readdir(cache), (await readdir(join(cache, 'cifar-10'))).length]).toEqual(
    [[], ['cifar-10'], 2],
  );
});
