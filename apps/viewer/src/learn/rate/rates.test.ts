import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { armsOfRates, parseRates, verdictOfRate } from './rates.ts';

const file = new URL('../../../public/learn/rates.json', import.meta.url);
const rates = parseRates(JSON.parse(await readFile(file, 'utf8')));
const arms = armsOfRates(rates);

test('the sweep that ships has ten rates, each trained to its end on the same images', () => {
  expect(arms.map(({ rate }) => rate)).toEqual([0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
  expect(new Set(rates.runs.map(({ history }) => history.length))).toEqual(new Set([60]));
  expect(rates.commit).toMatch(/^[0-9a-f]{40}$/);
  expect(rates.data).toMatchObject({ trainImages: 2500, validationImages: 2500, testImages: 10_000 });
});

test('it shows what step and note say: the gap closes, and validation is best in between', () => {
  const [plain, best, closed] = [arms[0]!, arms[4]!, arms[7]!];
  expect(arms.every(({ validation }) => validation <= best.validation)).toBe(true);
  expect([plain.training, plain.validation, best.validation]).toEqual([1, 0.494, 0.5512]);
  expect([closed.training, closed.validation].map((value) => Math.round(100 * value))).toEqual([47, 48]);
  const gaps = arms.slice(0, 8).map(({ training, validation }) => training - validation);
  expect(gaps).toEqual([...gaps].sort((a, b) => b - a));
});

test('its verdicts are those of the report, on the test images', () => {
  expect(verdictOfRate(rates, arms[0]!)).toEqual({
    sentences: [
      'At rate 0 it ends at 100.0% training and 49.4% validation accuracy.',
      'Overfitting: from epoch 9 (validation loss is lowest at epoch 9 of 60).',
    ],
    caveats: [],
  });
  const { sentences, caveats } = verdictOfRate(rates, arms[4]!);
  expect(sentences).toEqual([
    'At rate 0.4 it ends at 74.8% training and 55.1% validation accuracy.',
    'The model trained with “rate 0.4” is better than the one with “no dropout” on the same 10,000 test images: 52.4% against 48.8%, +3.6 points (95% interval 2.3 to 5.0, p < 0.001).',
    'Overfitting: loss does not rise · gap 19.7 points (validation loss is lowest at epoch 39 of 60).',
  ]);
  expect(caveats[0]).toContain('Which images each model got right was not kept');
  expect(caveats[1]).toContain('One seed cannot say how much of that is luck');
  const [, worse] = verdictOfRate(rates, arms[8]!).sentences;
  expect(worse).toMatch(/^The model trained with “no dropout” is better than the one with “rate 0\.8”/);
});

test('a file of another form is refused', () => {
  expect(() => parseRates({ runs: [{ rate: 0 }] })).toThrow('learn/rates.json');
});
