import { describe, expect, test } from 'vitest';
import { armsOf, dataOf, type Table } from '../testing/compared-models.ts';
import { type ComparedArm, compareArms, corrected } from './arm-comparison.ts';
import { verdictOf } from './verdict.ts';

/** 75.3% and 69.2%. */
const better: Table = [6600, 930, 320, 2150];
const worse: Table = [6600, 320, 930, 2150];
/** 75.3% and 75.2%. */
const same: Table = [7000, 530, 520, 1950];
/** 76% and 74% of 100: a difference that chance brings. */
const few: Table = [70, 6, 4, 20];

const luck =
  'One seed cannot say how much of that is luck; two runs of one setting usually differ by about 1.1 points (the median of 60 pairs, the study tutorial-seeds: 8,000 training images, 15 epochs).';

const verdict = (...arms: Parameters<typeof armsOf>): string => verdictOf(compareArms(...armsOf(...arms)));

describe('one seed', () => {
  test.each<[string, Table, string]>([
    [
      'the first is better',
      better,
      'The model trained with “dropout” is better than the one with “no dropout” on the same 10,000 validation images: 75.3% against 69.2%, +6.1 points (95% interval 5.4 to 6.8, p < 0.001).',
    ],
    [
      'the second is better',
      worse,
      'The model trained with “no dropout” is better than the one with “dropout” on the same 10,000 validation images: 75.3% against 69.2%, +6.1 points (95% interval 5.4 to 6.8, p < 0.001).',
    ],
    [
      'no difference',
      same,
      'On the same 10,000 validation images the models trained with “dropout” and “no dropout” do not differ by more than chance: 75.3% against 75.2%, +0.1 points (95% interval −0.5 to 0.7, p = 0.781).',
    ],
    [
      'a large difference on few images',
      [2, 4, 0, 4],
      'On the same 10 validation images the models trained with “dropout” and “no dropout” do not differ by more than chance: 60.0% against 20.0%, +40.0 points (95% interval 1.1 to 65.3, p = 0.125).',
    ],
    [
      'one image',
      [0, 1, 0, 0],
      'On the same 1 validation image the models trained with “dropout” and “no dropout” do not differ by more than chance: 100.0% against 0.0%, +100.0 points (95% interval −12.2 to 100.0, p = 1.000).',
    ],
    [
      'equally often right',
      [50, 10, 10, 30],
      'The models trained with “dropout” and “no dropout” are right equally often on the same 100 validation images: 60.0% (95% interval −8.8 to 8.8, p = 1.000).',
    ],
    [
      'all right',
      [100, 0, 0, 0],
      'The models trained with “dropout” and “no dropout” are right equally often on the same 100 validation images: 100.0% (95% interval −3.7 to 3.7, p = 1.000).',
    ],
  ])('%s', (_, table, sentence) => {
    expect(verdict([table])).toBe(`${sentence} ${luck}`);
  });

  test('without answers to validation images, as in earlier runs, the test images are taken', () => {
    expect(verdict([better], { kept: 'test' })).toContain(
      'on the same 10,000 test images: 75.3% against 69.2%',
    );
  });

  test('without any answers the interval is that of different images, and the sentence says so', () => {
    const [paired, independent] = (['test', 'accuracy'] as const).map((kept) => verdict([better], { kept }));
    expect(paired).toContain('95% interval 5.4 to 6.8');
    expect(independent).toBe(
      `The model trained with “dropout” is better than the one with “no dropout” on the same 10,000 test images: 75.3% against 69.2%, +6.1 points (95% interval 4.9 to 7.3, p < 0.001). Which images each model got right was not kept, so the interval treats them as different images and is wider than it needs to be. ${luck}`,
    );
  });

  test('on other data than the measured spread is of, nothing is said about how much luck brings', () => {
    expect(verdict([better], { kept: 'all', dataset: 'shapes' })).toMatch(
      / One seed cannot say how much of that is luck\.$/,
    );
  });

  test('of arms without a common seed it names the seeds', () => {
    const [first, second] = armsOf([better]);
    const other = { ...second, models: second.models.map((model) => ({ ...model, seed: 7 })) };
    expect(verdictOf(compareArms(first, other))).toContain(
      'Their seeds differ, too (0 and 7), and a pair of runs cannot say how much of that is luck; two runs',
    );
  });
});

describe('a few seeds', () => {
  test.each<[string, readonly Table[], string]>([
    [
      'agree',
      [better, better, [6600, 980, 320, 2100]],
      'With each of 3 seeds the model trained with “dropout” is better than the one with “no dropout” on the same 10,000 validation images: 75.5% against 69.2% on average, +6.3 points (6.1 to 6.6 by seed).',
    ],
    [
      'agree, the second is better',
      [worse, worse],
      'With each of 2 seeds the model trained with “no dropout” is better than the one with “dropout” on the same 10,000 validation images: 75.3% against 69.2% on average, +6.1 points (6.1 to 6.1 by seed).',
    ],
    [
      'do not all show it',
      [better, same],
      'With 1 of 2 seeds the model trained with “dropout” is better than the one with “no dropout” on the same 10,000 validation images, with the others they do not differ by more than chance: 75.3% against 72.2% on average, +3.1 points (0.1 to 6.1 by seed).',
    ],
    [
      'disagree',
      [better, better, worse],
      'The seeds disagree on the same 10,000 validation images: with 2 of 3 seeds the model trained with “dropout” is better, with 1 the one with “no dropout”: 73.3% against 71.2% on average, +2.0 points (−6.1 to 6.1 by seed).',
    ],
    [
      'show nothing',
      [few, few, few],
      'On the same 100 validation images the models trained with “dropout” and “no dropout” do not differ by more than chance with any of 3 seeds: 76.0% against 74.0% on average, +2.0 points (2.0 to 2.0 by seed).',
    ],
  ])('%s', (_, tables, sentence) => {
    expect(verdict(tables)).toContain(
      `${sentence} Fewer than 4 seeds give no interval for the effect of the setting; two runs of one setting usually differ by about `,
    );
  });

  test('have a spread of their own', () => {
    // Pairs within an arm: 75.3, 75.8 and 76.8; 69.2 three times.
    expect(verdict([better, [6600, 980, 320, 2100], [6600, 1080, 320, 2000]])).toMatch(
      /usually differ by about 0\.3 points \(the median of 6 pairs, these runs\)\.$/,
    );
  });
});

describe('enough seeds', () => {
  const around = (first: readonly number[]): Table[] => first.map((n) => [6600, n, 320, 3080 - n]);

  test('the setting makes the difference, and every model shows it', () => {
    expect(verdict(around([900, 910, 930, 950]))).toBe(
      'Whatever the seed, “dropout” gives better models than “no dropout” on the same 10,000 validation images: over 4 seeds 75.2% against 69.2% on average, +6.0 points (95% interval 5.7 to 6.4, p < 0.001). With each seed, too, the two models differ by more than chance.',
    );
  });

  test('the setting makes the difference, though images are too few for single models', () => {
    const tables: Table[] = [
      [70, 6, 2, 22],
      [70, 7, 2, 21],
      [70, 6, 3, 21],
      [70, 8, 3, 19],
      [70, 6, 2, 22],
      [70, 7, 3, 20],
    ];
    expect(verdict(tables)).toBe(
      'Whatever the seed, “dropout” gives better models than “no dropout” on the same 100 validation images: over 6 seeds 76.7% against 72.5% on average, +4.2 points (95% interval 3.4 to 5.0, p < 0.001). Taken one by one, the models differ by more than chance with 0 of 6 seeds.',
    );
  });

  test('models differ, but not by the setting: the luck of seeds', () => {
    expect(verdict([better, worse, same, better, worse])).toBe(
      'Over 5 seeds no difference between “dropout” and “no dropout” shows on the same 10,000 validation images: 72.9% against 72.8% on average, +0.0 points (95% interval −7.6 to 7.6, p = 0.995). With 4 of the seeds the two models do differ on these images, as models of one setting do: that is the luck of a seed as far as these runs show.',
    );
  });

  test('neither the models nor the setting show a difference', () => {
    expect(verdict([few, [70, 4, 6, 20], [70, 5, 5, 20], few])).toMatch(
      /^Over 4 seeds no difference between “dropout” and “no dropout” shows on the same 100 validation images: .*\(95% interval −2\.5 to 3\.5, p = 0\.\d{3}\)\.$/,
    );
  });

  test('a seed that goes the other way is no “whatever the seed”', () => {
    expect(verdict(around([900, 910, 930, 950, 890, 300]))).toMatch(
      /^As a rule, “dropout” gives better models .* with 5 of 6 seeds\.$/,
    );
  });
});

describe('several comparisons', () => {
  test('are corrected by Holm’s procedure, and the sentence says so', () => {
    const pair = () => compareArms(...armsOf([[700, 60, 40, 200]]));
    expect(verdictOf(pair())).toContain('(95% interval 0.0 to 4.0, p = 0.057)');
    const clear = () => compareArms(...armsOf([[700, 71, 46, 183]]));
    expect(verdictOf(clear())).toMatch(/ is better .*p = 0\.026\)/);
    expect(corrected([clear()])).toEqual([clear()]);
    const [first, second, third] = corrected([clear(), compareArms(...armsOf([better])), pair()]).map(
      verdictOf,
    );
    expect(first).toMatch(
      / do not differ by more than chance: .*p = 0\.052 after Holm’s correction for 3 comparisons\)/,
    );
    expect(second).toMatch(/ is better .*p < 0\.001 after Holm’s correction for 3 comparisons\)/);
    expect(third).toMatch(/ do not differ by more than chance: .*p = 0\.057 after Holm’s/);
  });

  test('over seeds, too', () => {
    const arms = () =>
      compareArms(...armsOf(Array.from({ length: 4 }, (_, i) => [6600, 900 + 10 * i, 320, 2180 - 10 * i])));
    const [one] = corrected([arms(), arms()]);
    expect(one!.correction).toMatchObject({ of: { models: 8, overSeeds: 2 } });
    expect(verdictOf(one!)).toContain('p < 0.001 after Holm’s correction for 2 comparisons');
  });
});

describe('what cannot be compared', () => {
  const [first, second] = armsOf([better, better]);
  const without = (arm: ComparedArm, changes: Partial<ComparedArm>): ComparedArm => ({ ...arm, ...changes });

  test.each<[string, ComparedArm, string]>([
    [
      'an arm that diverged',
      without(second, { models: [], diverged: 2 }),
      '“no dropout” diverged: its loss became NaN or infinite, so there is no trained model to compare.',
    ],
    [
      'an arm without a finished run',
      without(second, { models: [] }),
      'Nothing to compare yet: no run of “no dropout” has been measured on validation or test images.',
    ],
    [
      'other test images',
      without(second, { models: second.models.map((model) => ({ ...model, data: dataOf(500) })) }),
      '“dropout” and “no dropout” were measured on different images, so their accuracies say nothing about each other.',
    ],
    [
      'another data set',
      without(second, {
        models: second.models.map((model) => ({ ...model, data: dataOf(10_000, 'cifar100') })),
      }),
      '“dropout” and “no dropout” were measured on different images, so their accuracies say nothing about each other.',
    ],
    [
      'a file with other content',
      without(second, {
        models: second.models.map((model) => ({
          ...model,
          data: { ...model.data, sha256: { 'test_batch.bin': 'abd' } },
        })),
      }),
      '“dropout” and “no dropout” were measured on different images, so their accuracies say nothing about each other.',
    ],
    [
      'labels that differ, whatever the runs say of their data',
      without(second, {
        models: second.models.map((model) => ({
          ...model,
          answers: {
            ...model.answers!,
            labels: model.answers!.labels.toReversed(),
            validation: { ...model.answers!.validation!, labels: model.answers!.labels.toReversed() },
          },
        })),
      }),
      '“dropout” and “no dropout” were measured on different images, so their accuracies say nothing about each other.',
    ],
    [
      'a model that was never measured',
      without(second, {
        models: second.models.map(({ answers: _, ...model }) => ({ ...model, accuracy: {} })),
      }),
      'Nothing to compare yet: no two models of “dropout” and “no dropout” have been measured on the same images.',
    ],
  ])('%s', (_, other, sentence) => {
    expect(verdictOf(compareArms(first, other))).toBe(sentence);
  });

  test('both diverged', () => {
    const [one, other] = [first, second].map((arm) => without(arm, { models: [], diverged: 1 }));
    expect(verdictOf(compareArms(one!, other!))).toBe(
      '“dropout” and “no dropout” diverged: their loss became NaN or infinite, so there is no trained model to compare.',
    );
  });

  test('a run that diverged beside those that did not is named', () => {
    const one = without(first, { models: first.models.slice(1) });
    expect(verdictOf(compareArms(one, without(second, { diverged: 1 })))).toMatch(
      / 1 run of “no dropout” diverged and is left out\.$/,
    );
  });

  test('validation images that differ leave the test images', () => {
    const other = without(second, {
      models: second.models.map((model) => ({
        ...model,
        data: { ...model.data, trainImages: 8000, validationImages: 2000 },
      })),
    });
    expect(verdictOf(compareArms(first, other))).toContain('on the same 10,000 test images');
  });
});
