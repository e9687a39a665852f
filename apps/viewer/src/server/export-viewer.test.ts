import { access, mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { parseCatalogue } from '../shared/runs/catalogue.ts';
import { createEndedRun } from '../testing/runs.ts';
import { exportViewer } from './export-viewer.ts';

test('an export has the pages, the catalogue and the files of runs', async () => {
  const folder = temporaryFolder();
  const runsFolder = join(folder, 'runs');
  const output = join(folder, 'site');
  await createEndedRun(runsFolder, 'study/arm/seed-1');
  expect(await exportViewer({ runsFolder, output })).toBe(1);
  const catalogue = await parseCatalogue(
    JSON.parse(await readFile(join(output, 'runs', 'catalogue.json'), 'utf8')),
    'catalogue.json',
  );
  expect(catalogue).toMatchObject({
    live: false,
    runs: [{ name: 'study/arm/seed-1', status: 'completed' }],
  });
  await access(join(output, 'index.html'));
  for (const file of ['run.json', 'digest.json'])
    await access(join(output, 'runs', 'study', 'arm', 'seed-1', file));
  await expect(access(join(output, 'runs', 'study', 'arm', 'seed-1', 'events.jsonl'))).rejects.toThrow();
  const one = join(folder, 'one');
  expect(await exportViewer({ runsFolder: join(runsFolder, 'study', 'arm', 'seed-1'), output: one })).toBe(1);
  await access(join(one, 'runs', 'seed-1', 'digest.json'));
  await expect(exportViewer({ runsFolder, output })).rejects.toThrow(/expected an empty folder/);
  await expect(exportViewer({ runsFolder: join(folder, 'none'), output: join(folder, 'b') })).rejects.toThrow(
    /expected a folder of runs/,
  );
});

describe.each(['a new folder', 'an empty one'])('an export into %s that ends early', (place) => {
  const prepare = async () => {
    const folder = temporaryFolder();
    await createEndedRun(join(folder, 'runs'), 'one');
    if (place === 'an empty one') await mkdir(join(folder, 'site'));
    return { folder, options: { runsFolder: join(folder, 'runs'), output: join(folder, 'site') } };
  };
  const left = place === 'an empty one' ? ['runs', 'site'] : ['runs'];

  test('by an abort leaves nothing', async () => {
    const { folder, options } = await prepare();
    const reason = new Error('enough');
    await expect(exportViewer({ ...options, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await readdir(folder)).toEqual(left);
    if (place === 'an empty one') expect(await readdir(options.output)).toEqual([]);
    expect(await exportViewer(options)).toBe(1);
  });
});
