import { appendFileSync, realpathSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../../scripts/temporary-folder.ts';
import { openRunLog } from './run-log.ts';

const { signal } = new AbortController();

const epoch = (number: number, loss: number): string =>
  `${JSON.stringify({ kind: 'epoch', time: 1, epoch: number + 1, step: 10 * (number + 1), logs: { loss, accuracy: 0.1 }, learningRate: 0.1, seconds: 1 })}\n`;
const logOf = (epochs: number, loss: number): string =>
  Array.from({ length: epochs }, (_, i) => epoch(i, loss)).join('');

const before = logOf(100, 0.5);

test.each<[string, (path: string) => void, boolean]>([
  ['is appended to', (path) => appendFileSync(path, epoch(100, 0.5)), false],
  ['has half a line more', (path) => appendFileSync(path, epoch(100, 0.5).slice(0, 30)), false],
  ['stays', () => {}, false],
  ['is emptied', (path) => writeFileSync(path, ''), true],
  ['is cut', (path) => truncateSync(path, 300), true],
  ['is written anew, shorter', (path) => writeFileSync(path, logOf(50, 0.25)), true],
  ['is written anew, as long as it was', (path) => writeFileSync(path, logOf(100, 0.7)), true],
  ['is written anew, longer', (path) => writeFileSync(path, logOf(200, 0.7)), true],
  [
    'is replaced by another',
    (path) => {
      writeFileSync(`${path}.new`, logOf(200, 0.5));
      renameSync(`${path}.new`, path);
    },
    true,
  ],
  ['has zeros at its end', (path) => appendFileSync(path, Buffer.alloc(5000)), false],
])('a log that %s is shown as it is', async (_, change, restarted) => {
  const folder = realpathSync(temporaryFolder());
  const path = join(folder, 'events.jsonl');
  writeFileSync(path, before);
  const log = openRunLog(folder, folder, signal);
  expect((await log.read()).added.length).toBe(100);
  change(path);
  const read = await log.read();
  const afresh = openRunLog(folder, folder, signal);
  await afresh.read();
  expect(log.events).toEqual(afresh.events);
  expect(read.restarted).toBe(restarted);
  expect((await log.read()).added).toEqual([]);
});

test('a log that is gone for a while is read on', async () => {
  const folder = realpathSync(temporaryFolder());
  const path = join(folder, 'events.jsonl');
  const log = openRunLog(folder, folder, signal);
  expect(await log.read()).toEqual({ restarted: false, added: [] });
  writeFileSync(path, logOf(3, 0.5));
  expect((await log.read()).added.length).toBe(3);
  rmSync(path);
  expect((await log.read()).added).toEqual([]);
  writeFileSync(path, logOf(4, 0.7));
  expect((await log.read()).restarted).toBe(true);
  expect(log.events.length).toBe(4);
});
