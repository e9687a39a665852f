import type { RunEvent } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { parseEventLog } from './event-log.ts';

const events: RunEvent[] = [
  { kind: 'run-started', time: 1, epochs: 1, stepsPerEpoch: 2 },
  { kind: 'validating', time: 2, epoch: 1 },
  { kind: 'run-ended', time: 3, reason: 'failed', epoch: 0, step: 0, message: 'Größe — 数' },
];
const lines = events.map((event) => `${JSON.stringify(event)}\n`);

test('reads every event of a whole log', () => {
  expect(parseEventLog(lines.join(''))).toEqual({ events, torn: false });
  expect(parseEventLog('')).toEqual({ events: [], torn: false });
});

test('cut at any byte, the events before the cut are read', () => {
  const bytes = Buffer.from(lines.join(''));
  const ends = lines.map((_, i) => Buffer.byteLength(lines.slice(0, i + 1).join('')));
  for (let length = 0; length <= bytes.length; length++) {
    const log = parseEventLog(bytes.subarray(0, length).toString('utf8'));
    // An event whose line lacks no more than its end is whole.
    const whole = ends.filter((end) => end - 1 <= length).length;
    expect(log, `${length} bytes`).toEqual({
      events: events.slice(0, whole),
      torn: length > 0 && !ends.includes(length),
    });
  }
});

test('a torn line in the middle, ended by a resumption, costs only itself', () => {
  const text = `${lines[0]}${lines[1]!.slice(0, 9)}\n${lines[2]}`;
  expect(parseEventLog(text)).toEqual({ events: [events[0], events[2]], torn: false });
});

test('kinds of a later version are ignored', () => {
  expect(parseEventLog(`${lines[0]}{"kind":"telepathy","time":4}\n${lines[2]}`).events).toHaveLength(2);
});
