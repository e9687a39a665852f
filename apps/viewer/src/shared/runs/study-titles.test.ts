import { expect, test } from 'vitest';
import { createDigest } from '../../testing/runs.ts';
import { armsOf } from './arms.ts';
import type { StudyInfo } from './studies.ts';
import { withTitles } from './study-titles.ts';

const study = (name: string, arms: Readonly<Record<string, readonly string[]>>): StudyInfo => ({
  name,
  title: name,
  folder: '',
  hasReport: false,
  arms: Object.entries(arms).map(([title, runs]) => ({ title, runs: [...runs] })),
});

const arms = armsOf([
  createDigest('a', {}, []),
  createDigest('b', { model: { dropout: { rate: 0 } } }, []),
  createDigest('c', { model: { dropout: { rate: 0.2 } } }, []),
]);

test.each([
  ['none', [], ['dropout 0.5', 'no dropout', 'dropout 0.2']],
  ['one of some', [study('s', { half: ['a'], none: ['b'] })], ['half', 'none', 'dropout 0.2']],
  [
    'the one with more runs first',
    [study('few', { first: ['a'] }), study('many', { half: ['a'], none: ['b'] })],
    ['half', 'none', 'dropout 0.2'],
  ],
  [
    'two with one title for different settings',
    [study('s', { baseline: ['a'] }), study('t', { baseline: ['b'] })],
    ['baseline (dropout 0.5)', 'baseline (no dropout)', 'dropout 0.2'],
  ],
  ['of runs that are gone', [study('s', { half: ['gone'] })], ['dropout 0.5', 'no dropout', 'dropout 0.2']],
])('arms under the titles of studies: %s', (_, studies, labels) => {
  const named = withTitles(arms, studies);
  expect(['a', 'b', 'c'].map((run) => named.get(run)!.label)).toEqual(labels);
  expect(['a', 'b', 'c'].map((run) => named.get(run)!.color)).toEqual(
    ['a', 'b', 'c'].map((run) => arms.get(run)!.color),
  );
});
