import { expect, test } from 'vitest';
import { createDigest } from '../../testing/runs.ts';
import { armsOf } from '../runs/arms.ts';
import { summaryOf } from '../runs/summary.ts';
import { epochsCsv } from './csv.ts';

test('an epoch a row; names are text, not formulas', () => {
  const runs = [
    createDigest('=1+1', { seed: 7 }, [
      { loss: 1.5, accuracy: 0.4, val_loss: 1.25, val_accuracy: 0.5, seconds: 30 },
    ]),
    createDigest('a "b", c', { model: { maxNorm: null } }, [{ loss: 2, accuracy: 0.25 }]),
  ];
  expect(epochsCsv(runs.map(summaryOf), armsOf(runs))).toBe(
    [
      'run,arm,seed,epoch,minutes,loss,accuracy,val_loss,val_accuracy,learning_rate',
      "'=1+1,max-norm 2,7,1,0.5,1.5,0.4,1.25,0.5,0.001",
      `"a ""b"", c",no max-norm,0,1,${20 / 60},2,0.25,,,0.001`,
      '',
    ].join('\r\n'),
  );
});

test('fields with commas, quotes or line breaks are quoted, as RFC 4180 has it', () => {
  const names = ['a,b', 'say "a"', 'two\nlines', 'two\r\nlines', 'plain'];
  const runs = names.map((name) => createDigest(name, {}, [{ loss: 1, accuracy: 0.5 }]));
  const text = epochsCsv(runs.map(summaryOf), armsOf(runs));
  for (const field of ['"a,b"', '"say ""a"""', '"two\nlines"', '"two\r\nlines"', 'plain']) {
    expect(text).toContain(`\r\n${field},`);
  }
});
