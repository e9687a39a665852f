/**
 * For kill.test.ts, in a process of its own: `save RUN` resumes the run and saves one checkpoint after another
 * until it is killed; `grow RUN` saves a small one, then one, and predictions, that the limit on file sizes does not allow;
 * `open RUN` only keeps the run open; `create FOLDER` makes the runs 0, 1, 2, … in it until it is killed; `replace RUN`
 * saves runs in its place, of 1, 2, 3, … events, until it is killed.
 */
import type { RunEvent } from '@dropout-lab/contracts';
import { createRunDirectory, resumeRunDirectory } from '../run-directory.ts';
import { checkpointAt, manifest } from '../testing.ts';
import { saveRunDirectory } from '../whole-run.ts';

const [command, path] = process.argv.slice(2) as ['save' | 'grow' | 'open' | 'create' | 'replace', string];
const say = (line: string) => process.stdout.write(`${line}\n`);

if (command === 'create') {
  for (let number = 0; ; number++) {
    await (await createRunDirectory(`${path}/${number}`, manifest)).close();
    say(`created ${number}`);
  }
}
if (command === 'replace') {
  const events: RunEvent[] = [];
  for (;;) {
    events.push({ kind: 'warning', time: events.length, message: '' });
    await saveRunDirectory(path, { manifest, events, checkpoints: {} });
    say(`saved ${events.length}`);
  }
}

const run = await resumeRunDirectory(path);

if (command === 'save') {
  let step = (await run.hasCheckpoint('last'))
    ? (await run.loadCheckpoint('last')).snapshot.progress.step
    : 0;
  for (;;) {
    step++;
    await run.saveCheckpoint('last', checkpointAt(step));
    run.append({ kind: 'checkpoint', time: 0, name: 'last', epoch: 0, step });
    say(`saved ${step}`);
  }
}
if (command === 'grow') {
  await run.saveCheckpoint('last', checkpointAt(1));
  const many = Array.from({ length: 1_000_000 }, () => 1);
  await run.saveCheckpoint('last', checkpointAt(2, 1_000_000)).catch((error) => say(String(error)));
  await run
    .writePredictions({ labels: many, predicted: many, confidence: many })
    .catch((error) => say(String(error)));
  await run.close();
}
if (command === 'open') {
  say('open');
  setInterval(() => {}, 1000);
}
