import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { type BoardEvent, encodeBoardEvent, encodeBoardHead } from './event.ts';

const read = (name: string): Buffer => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
const events = JSON.parse(read('tensorboard-events.json').toString()) as readonly BoardEvent[];

/** The things that TensorBoard's own reader found in the file of the fixtures; see make_tensorboard.py. */
const found = JSON.parse(read('tensorboard.json').toString()) as {
  readonly file_version: number;
  readonly first_event: number;
  readonly tensors: Readonly<
    Record<
      string,
      {
        readonly plugin: string;
        readonly data_class: number;
        readonly values: unknown[][];
        readonly content?: object;
      }
    >
  >;
};

test('writes, to the byte, the file that TensorBoard has read', () => {
  const file = Buffer.concat([encodeBoardHead(1_700_000_000_000), ...events.map(encodeBoardEvent)]);
  expect(file.equals(read('tensorboard/events.out.tfevents.1700000000.dropout-lab'))).toBe(true);
  expect([found.file_version, found.first_event]).toEqual([2, 1_700_000_000]);
});

test('TensorBoard finds every point of a curve, and texts', () => {
  for (const { time, step, value } of events) {
    if (value.kind !== 'scalar' && value.kind !== 'text') continue;
    const { plugin, values } = found.tensors[value.tag]!;
    expect(plugin).toBe(value.kind === 'scalar' ? 'scalars' : 'text');
    const content = value.kind === 'scalar' ? Math.fround(value.value) : value.text;
    expect(values).toContainEqual([time / 1000, step, content]);
  }
});

test('TensorBoard finds the settings of a run, and its end', () => {
  const settings = events.map(({ value }) => value).find((value) => value.kind === 'settings')!;
  expect(found.tensors['_hparams_/session_start_info']).toMatchObject({
    plugin: 'hparams',
    content: {
      sessionStartInfo: {
        hparams: settings.settings,
        groupName: settings.name,
        startTimeSecs: 1_700_000_000,
      },
    },
  });
  expect(found.tensors['_hparams_/session_end_info']).toMatchObject({
    plugin: 'hparams',
    content: { sessionEndInfo: { status: 'STATUS_SUCCESS', endTimeSecs: 1_700_000_002 } },
  });
});
