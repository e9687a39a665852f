import { cp, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { planRuns } from '@dropout-lab/study';
import { findRun, loadStudy } from '@dropout-lab/study/node';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { callCli, checkpointDigests, runCli } from '../command/testing.ts';

const fixture = fileURLToPath(new URL('../../fixtures/study-0.1.0/', import.meta.url));

/** Plain data without what differs from one run of a program to the next, and without bands, which that version drew of fewer than four runs. */
const timeless = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value, (key, one: unknown) =>
      key === 'provenance' || key === 'band' || /second/i.test(key) ? undefined : one,
    ),
  );

/** The same data, its numbers to two decimals: runs that go on now add float32 numbers in another order than that version. */
const nearly = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isInteger(value) ? value : expect.closeTo(value, 2);
  if (Array.isArray(value)) return value.map(nearly);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, nearly(one)]));
};

test('a study that 0.1.0 began goes on: nothing is trained twice, and it ends as it would have', async () => {
  const folder = temporaryFolder();
  const [file, store] = [join(folder, 'study.json'), join(folder, 'store')];
  await cp(join(fixture, 'study.json'), file);
  await cp(join(fixture, 'store'), store, { recursive: true });
  const finished = (await readdir(store)).filter((name) => /^(8e9b|e8c2)/.test(name));
  expect(finished).toHaveLength(2);
  const timesOf = () =>
    Promise.all(finished.map(async (name) => (await stat(join(store, name, 'events.jsonl'))).mtimeMs));
  const before = await timesOf();

  const options = ['--store', store, '--backend', 'wasm'];
  const trained = await runCli(['study', 'run', file, ...options, '--workers', '1'], { cwd: folder });
  expect(trained).toMatchObject({ code: 0, stderr: expect.not.stringContaining('Warning') });
  expect(trained.stdout).toContain('4 of 6 runs to do');
  expect(trained.stdout).toContain('stopping, seed 0: resumed after epoch 9');
  expect(await timesOf()).toEqual(before);

  // Version 0.1.0 called metrics figures, and the hue of an arm was its index.
  const text = await readFile(join(fixture, 'expected.json'), 'utf8');
  const expected = JSON.parse(text.replaceAll('"figures"', '"metrics"').replaceAll('"index"', '"hue"'));
  const { study } = await loadStudy(file, { store });
  const checkpoints = await Promise.all(
    planRuns(study).map(async ({ arm, seed, config }) => {
      const found = await findRun(store, config);
      const isKept = finished.some((name) => String(found).includes(name));
      return isKept ? [[await checkpointDigests(found), expected.checkpoints[`${arm.name} ${seed}`]]] : [];
    }),
  ).then((all) => all.flat());
  expect(checkpoints).toHaveLength(2);
  for (const [found, before] of checkpoints) expect(found).toEqual(before);
  expect((await readdir(store)).filter((name) => !name.endsWith('.json'))).toHaveLength(6);

  const output = join(folder, 'report');
  const reported = await callCli(['report', file, ...options, '--output', output], { cwd: folder });
  expect(reported).toMatchObject({ code: 0 });
  const report = JSON.parse(await readFile(join(output, 'report.json'), 'utf8'));
  // That version did not look for gaps, and had fewer settings and less in a report.
  const known = new Set(expected.report.settings.map(({ path }: { path: string }) => path));
  const settings = report.settings.filter(({ path }: { path: string }) => known.has(path));
  expect(timeless({ ...report, settings })).toMatchObject(
    nearly(timeless({ ...expected.report, gaps: [] })) as object,
  );
}, 300_000);
