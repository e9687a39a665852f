import { readFile } from 'node:fs/promises';
import { RUN_SCHEMA_VERSION } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { epochEvent, manifestOf, started, stepEvent } from '../../testing/runs.ts';
import {
  type Catalogue,
  catalogueSchema,
  liveMessageSchema,
  type RunDigest,
  withEvents,
  withMessage,
} from './catalogue.ts';

const run = (name: string) => ({
  name,
  manifest: manifestOf(name),
  events: [started],
  isBeingWritten: true,
  checkpoints: [],
  hasEvaluation: false,
  hasPredictions: false,
});

const catalogue: Catalogue = { live: true, place: 'runs', images: [], runs: [run('a'), run('c')] };

test('of steps, only the last since an epoch is kept', () => {
  const kept = withEvents([started, stepEvent(1, 1)], [stepEvent(1, 2), epochEvent(1), stepEvent(2, 1)]);
  expect(kept).toEqual([started, epochEvent(1), stepEvent(2, 1)]);
  expect(withEvents(kept, [stepEvent(2, 2), { kind: 'validating', time: 0, epoch: 2 }])).toEqual([
    started,
    epochEvent(1),
    stepEvent(2, 2),
  ]);
});

test('messages change the catalogue', () => {
  const added = withMessage(catalogue, { kind: 'run', run: run('b') });
  expect(added.runs.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
  const replaced = withMessage(added, { kind: 'run', run: { name: 'b', error: 'damaged' } });
  expect(replaced.runs[1]).toEqual({ name: 'b', error: 'damaged' });
  const grown = withMessage(replaced, { kind: 'events', name: 'a', events: [epochEvent(1)] });
  expect(grown.runs[0]).toMatchObject({ events: [started, epochEvent(1)] });
  expect(withMessage(grown, { kind: 'gone', name: 'a' }).runs.map(({ name }) => name)).toEqual(['b', 'c']);
  expect(withMessage(grown, { kind: 'catalogue', catalogue })).toBe(catalogue);
});

test('a catalogue survives JSON, and another thing is refused', () => {
  const runs = [...catalogue.runs, { name: 'd', error: 'run.json: expected JSON' }];
  const sent = { ...catalogue, runs };
  expect(catalogueSchema.parse(JSON.parse(JSON.stringify(sent)))).toEqual(sent);
  expect(catalogueSchema.safeParse({ ...catalogue, runs: [{ name: 'a', manifest: {} }] }).success).toBe(
    false,
  );
  expect(liveMessageSchema.safeParse({ kind: 'shutdown' }).success).toBe(false);
});

test('the runs that ship with the pages are of the first version, and are read as of this one', async () => {
  const file = new URL('../../../public/sample/catalogue.json', import.meta.url);
  const written = JSON.parse(await readFile(file, 'utf8'));
  const { runs } = catalogueSchema.parse(written);
  expect(written.runs.map((one: RunDigest) => one.manifest.schemaVersion)).toEqual([1, 1, 1, 1]);
  expect(runs).toHaveLength(4);
  for (const one of runs) {
    expect(one).toMatchObject({
      manifest: { schemaVersion: RUN_SCHEMA_VERSION, config: { model: { preset: 'tutorial' } } },
    });
  }
});
