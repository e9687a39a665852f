import type { EpochRow } from '@dropout-lab/runs';
import { expect, test } from 'vitest';
import type { StudyRun } from '../store/study-run.ts';
import { curvesCsv } from './csv.ts';

test('an epoch a row; fields with commas, quotes or line breaks are quoted, and a missing number is empty', () => {
  const row: EpochRow = { epoch: 1, step: 160, loss: 1.5, accuracy: 0.5, learningRate: 0.001, seconds: 2 };
  const names = ['plain', 'a,b', 'say "a"', 'two\nlines'];
  const runs = names.map((name) => ({ state: 'finished', arm: { name }, seed: 0, history: [row] }));
  expect(curvesCsv(runs as unknown as StudyRun[]).split(',0,1,1.5,0.5,,,0.001,2\r\n')).toEqual([
    'arm,seed,epoch,loss,accuracy,val_loss,val_accuracy,learning_rate,seconds\r\nplain',
    '"a,b"',
    '"say ""a"""',
    '"two\nlines"',
    '',
  ]);
});
