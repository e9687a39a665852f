import { expect, test } from 'vitest';
import { createDigest, started } from '../../testing/runs.ts';
import { gapAtEnd, summaryOf } from './summary.ts';

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

test('the gap at the end is that of the last epoch; a run that diverged has none', () => {
  const run = createDigest('run', {}, [
    { accuracy: 0.2, val_accuracy: 0.4 },
    { accuracy: 0.9, val_accuracy: 0.65 },
  ]);
  expect(gapAtEnd(summaryOf(run))).toBeCloseTo(0.25, 12);
  const end = { kind: 'run-ended', time: 0, reason: 'nan', epoch: 2, step: 320, message: 'NaN' } as const;
  expect(gapAtEnd(summaryOf({ ...run, events: [...run.events, end] }))).toBeUndefined();
  expect(gapAtEnd(summaryOf(createDigest('none', {}, [])))).toBeUndefined();
});
