import { expect, test } from 'vitest';
import { createDigest, started } from '../../testing/runs.ts';
import { summaryOf } from './summary.ts';

test('epochs that the events of a run have lost are a warning', () => {
  const run = createDigest('whole', {}, [{}, {}, {}, {}]);
  expect(summaryOf(run).warnings).toEqual([]);
  const events = run.events.filter(
    (event) => event.kind !== 'epoch' || event.epoch === 1 || event.epoch === 4,
  );
  expect(summaryOf({ ...run, events })).toMatchObject({
    warnings: ['events.jsonl lacks epochs 2 to 3: what is said of epochs is of the others.'],
    history: [{ epoch: 1 }, { epoch: 4 }],
  });
});

test('what a run warned of is kept', () => {
  const run = createDigest('resumed', {}, [{}]);
  const warning = { kind: 'warning', time: 0, message: 'csv_logger: not in this run' } as const;
  expect(summaryOf(run).warnings).toEqual([]);
  expect(summaryOf({ ...run, events: [started, warning, ...run.events] })).toMatchObject({
    warnings: [warning.message],
    history: [{ epoch: 1 }],
  });
});
