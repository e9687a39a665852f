import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunEvent } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';
import { decodeRun } from './decode-run.ts';
import { createMemoryRun } from './memory-run.ts';
import { createRunDirectory, openRunDirectory, resumeRunDirectory } from './run-directory.ts';
import type { RunStore } from './run-store.ts';
import { checkpointAt, manifest } from './testing.ts';

const events: RunEvent[] = [
  { kind: 'run-started', time: 0, epochs: 1, stepsPerEpoch: 2 },
  {
    kind: 'epoch',
    time: 1,
    epoch: 1,
    step: 2,
    logs: { loss: Number.NaN, accuracy: 0.5 },
    learningRate: 0.1,
    seconds: 1,
  },
  { kind: 'run-ended', time: 2, reason: 'completed', epoch: 1, step: 2, message: '1 epochs' },
];

const keep = async (run: RunStore): Promise<void> => {
  const [first, ...others] = events;
  run.append(first!);
  await run.saveCheckpoint('best', checkpointAt(1));
  for (const event of others) run.append(event);
  await run.saveCheckpoint('last', checkpointAt(1));
  await run.saveCheckpoint('last', checkpointAt(2));
  await run.writePredictions({ labels: [0, 1], predicted: [1, 1], confidence: [0.5, 0.75] });
  await run.close();
};

test('leaves the files of a run directory, byte for byte', async () => {
  const path = join(temporaryFolder(), 'run');
  await keep(await createRunDirectory(path, manifest));
  const inMemory = createMemoryRun(manifest);
  await keep(inMemory);

  const files = await inMemory.files();
  const written = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1));
  expect(Object.keys(files).sort()).toEqual(written.sort());
  for (const [file, content] of Object.entries(files)) {
    expect(Buffer.from(content as string), file).toEqual(readFileSync(join(path, file)));
  }
});

test('put into a folder, is a run directory that can be read and resumed', async () => {
  const inMemory = createMemoryRun(manifest);
  await keep(inMemory);
  const folder = join(temporaryFolder(), 'unpacked');
  for (const [path, content] of Object.entries(await inMemory.files())) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const run = await openRunDirectory(folder);
  expect(run.manifest).toEqual(manifest);
  expect((await run.readEvents()).events).toEqual(events);
  // With the checksums verified.
  expect(await run.loadCheckpoint('last')).toEqual(checkpointAt(2));
  expect(await run.loadCheckpoint('best')).toEqual(checkpointAt(1));
  const resumed = await resumeRunDirectory(folder);
  expect(resumed.manifest).toEqual(manifest);
  await resumed.close();
});

test('decoded from its files and resumed, is what it was, and is kept on', async () => {
  const run = createMemoryRun(manifest);
  await keep(run);
  const files = await run.files();
  const again = createMemoryRun(manifest, await decodeRun(files, 'kept'));
  expect(again.contents()).toEqual(run.contents());
  const resumed: RunEvent = { kind: 'run-resumed', time: 3, epoch: 1, step: 2 };
  again.append(resumed);
  await again.saveCheckpoint('last', checkpointAt(3));
  const { events: all, checkpoints } = await decodeRun(await again.files(), 'kept again');
  expect(all).toEqual([...events, resumed]);
  expect(checkpoints).toEqual({ best: checkpointAt(1), last: checkpointAt(3) });
});

test('of a run that has only begun has no more than its manifest and an empty log', async () => {
  expect(Object.keys(await createMemoryRun(manifest).files())).toEqual(['run.json', 'events.jsonl']);
});
