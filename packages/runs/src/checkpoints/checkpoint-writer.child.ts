/**
 * For kill.test.ts, in a process of its own: `save RUN` resumes the run and saves one checkpoint after another
 * until it is killed; `grow RUN` saves a small one, then one, and predictions, that the limit on file sizes does not allow;
 * `open RUN` only keeps the run open.
 */
import { resumeRunDirectory } from '../run-directory.ts';
import { checkpointAt } from '../testing.ts';

const [command, path] = process.argv.slice(2) as ['save' | 'grow' | 'open', string];
const run = await resumeRunDirectory(path);
const say = (line: string) => process.stdout.write(`${line}\n`);

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
