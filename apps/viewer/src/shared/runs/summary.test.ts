import { expect, test } from 'vitest';
import { createDigest, started } from '../../testing/runs.ts';
import { summaryOf } from './summary.ts';

test('what a run warned of is kept', () => {
  const run = createDigest('resumed', {}, [{}]);
  const warning = { kind: 'warning', time: 0, message: 'csv_logger: not in this run' } as const;
  expect(summaryOf(run).warnings).toEqual([]);
  expect(summaryOf({ ...run, events: [started, warning, ...run.events] })).toMatchObject({
    warnings: [warning.message],
    history: [{ epoch: 1 }],
  });
});
