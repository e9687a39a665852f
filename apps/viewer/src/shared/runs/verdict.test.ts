import type { Predictions } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { createDigest, ended, started } from '../../testing/runs.ts';
import { type Summary, summaryOf } from './summary.ts';
import { rankingOf, verdictsOfArms } from './verdict.ts';

const run = (name: string, seed: number, accuracies: readonly number[], more: object = {}): Summary =>
  summaryOf({
    ...createDigest(
      name,
      { seed },
      accuracies.map((val_accuracy) => ({ val_accuracy, val_loss: 1 })),
    ),
    ...more,
  });

const arm = (label: string, ...runs: Summary[]) => ({ label, runs });

const dropout = arm('dropout 0.5', run('a', 0, [0.6, 0.753]));
const none = arm('no dropout', run('b', 0, [0.65, 0.692]));

const sentence =
  'The model trained with “dropout 0.5” is better than the one with “no dropout” on the same 10,000 validation images: 75.3% against 69.2%, +6.1 points (95% interval 4.9 to 7.3, p < 0.001).';

test('two arms have the sentence of the report, and what it leaves open', () => {
  for (const arms of [
    [dropout, none],
    [none, dropout],
  ]) {
    const [finding, independent, luck] = verdictsOfArms(arms);
    expect(finding).toBe(sentence);
    expect(independent).toMatch(/^Which images each model got right was not kept/);
    expect(luck).toMatch(/^One seed cannot say how much of that is luck; /);
  }
});

test('with the answers of both models they are compared image by image', () => {
  const answers = (right: (i: number) => boolean): Predictions => {
    const labels = Array.from({ length: 1000 }, (_, i) => i % 10);
    const predicted = labels.map((label, i) => (right(i) ? label : (label + 1) % 10));
    return { labels, predicted, confidence: labels.map(() => 1) };
  };
  const [finding, luck] = verdictsOfArms(
    [dropout, none],
    new Map([
      ['a', answers((i) => i < 800)],
      ['b', answers((i) => i < 700)],
    ]),
  );
  expect(finding).toMatch(/ on the same 1,000 test images: 80\.0% against 70\.0%, \+10\.0 points /);
  expect(luck).toMatch(/^One seed/);
});

test('while a run trains, both are compared after as many epochs', () => {
  const training = arm(
    'no dropout',
    run('b', 0, [0.65], { isBeingWritten: true, events: [started, ...none.runs[0]!.run.events.slice(0, 1)] }),
  );
  expect(training.runs[0]!.status).toBe('running');
  const [finding] = verdictsOfArms([dropout, training]);
  expect(finding).toMatch(
    /^So far, after 1 epoch: The model trained with “no dropout” is better .* 65\.0% against 60\.0%/,
  );
});

test('before the first epoch, of one arm and of many there is no sentence', () => {
  const empty = arm('no dropout', run('b', 0, [], { isBeingWritten: true }));
  expect(verdictsOfArms([dropout, empty])).toEqual([]);
  expect(verdictsOfArms([dropout])).toEqual([]);
  expect(verdictsOfArms([dropout, none, dropout, none, dropout])).toEqual([]);
});

test('three arms: the best beside each other one, corrected', () => {
  const sgd = arm('SGD', run('c', 0, [0.2, 0.57]));
  const sentences = verdictsOfArms([sgd, none, dropout]);
  expect(
    sentences
      .slice(0, 2)
      .map((text) => /“([^”]+)” is better than the one with “([^”]+)”/.exec(text)!.slice(1)),
  ).toEqual([
    ['dropout 0.5', 'no dropout'],
    ['dropout 0.5', 'SGD'],
  ]);
  expect(sentences[0]).toContain('after Holm’s correction for 2 comparisons');
  expect(sentences).toHaveLength(4);
});

test('a run that diverged has no model', () => {
  const events = [{ ...ended, reason: 'nan' as const }];
  const lost = arm('no dropout', run('b', 0, [], { events }));
  expect(verdictsOfArms([dropout, lost])[0]).toBe(
    '“no dropout” diverged: its loss became NaN or infinite, so there is no trained model to compare.',
  );
});

test('of many arms the highest and the lowest accuracy, and of runs of several seeds their means', () => {
  const sgd = arm('SGD', run('c', 0, [0.2, 0.57]), run('d', 1, [0.2, 0.59]));
  const lost = arm('diverged', run('e', 0, [Number.NaN]));
  expect(rankingOf([dropout, none])).toEqual([
    'Of 2 arms “dropout 0.5” has the highest validation accuracy, 75.3%, and “no dropout” the lowest, 69.2%.',
  ]);
  expect(rankingOf([none, sgd, lost, dropout])).toEqual([
    'Of 3 arms “dropout 0.5” has the highest validation accuracy, 75.3% on average, and “SGD” the lowest, 58.0%.',
  ]);
  const training = arm('Lion', run('f', 0, [0.4], { isBeingWritten: true, events: [started] }));
  expect(rankingOf([none, dropout, training])[0]).toMatch(/^So far, of 2 arms /);
  expect(rankingOf([lost])).toEqual([]);
});
