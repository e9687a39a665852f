import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RunEvent } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { encodeRun } from './encode-run.ts';
import { temporaryFolder } from './files/temporary-folder.ts';
import { openRunDirectory, resumeRunDirectory } from './run-directory.ts';
import { checkpointAt, manifest } from './testing.ts';

test('is a run directory that can be read and gone on with', async () => {
  const events: RunEvent[] = [
    { kind: 'run-started', time: 0, epochs: 3, stepsPerEpoch: 10 },
    {
      kind: 'epoch',
      time: 1,
      epoch: 1,
      step: 10,
      logs: { loss: 1.5, accuracy: 0.5 },
      learningRate: 0.1,
      seconds: 1,
    },
  ];
  const [last, best] = [checkpointAt(7), checkpointAt(3)];
  const files = encodeRun({ manifest, events, checkpoints: { last, best } });
  expect(Object.keys(files)).toEqual([
    'run.json',
    'events.jsonl',
    'history.csv',
    ...['last', 'best'].flatMap((name) =>
      ['model.json', 'weights.bin', 'optimizer.bin', 'state.json'].map(
        (file) => `checkpoints/${name}/${file}`,
      ),
    ),
  ]);

  expect(files['history.csv']).toBe('epoch,accuracy,loss,val_accuracy,val_loss\r\n0,0.5,1.5,NA,NA\r\n');

  const folder = join(temporaryFolder(), 'unpacked');
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const run = await openRunDirectory(folder);
  expect(run.manifest).toEqual(manifest);
  expect((await run.readEvents()).events).toEqual(events);
  // With the checksums verified.
  expect(await run.loadCheckpoint('last')).toEqual(last);
  expect(await run.loadCheckpoint('best')).toEqual(best);
  const resumed = await resumeRunDirectory(folder);
  expect(resumed.manifest).toEqual(manifest);
  await resumed.close();
});
