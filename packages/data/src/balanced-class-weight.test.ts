import { readFileSync } from 'node:fs';
import { parseRunConfig } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { balancedClassWeight } from './balanced-class-weight.ts';
import { prepareRunData } from './prepare-run-data.ts';
import { drawShapes } from './shapes.ts';

const cases: { readonly classes: number; readonly labels: number[]; readonly weights: number[] }[] =
  JSON.parse(readFileSync(new URL('../fixtures/class-weights.json', import.meta.url), 'utf8'));

test.each(cases)('weights of $classes classes are those of scikit-learn', ({ classes, labels, weights }) => {
  expect(balancedClassWeight(labels, classes)).toEqual(weights);
});

test('balanced weights are those of the images that remain for training', () => {
  const data = drawShapes({ train: 100, test: 10 });
  const config = (classWeight: 'balanced' | number[] | null) =>
    parseRunConfig({ dataset: 'shapes', classWeight, validationSplit: 0.5, splitMethod: 'last' });
  const { labels } = data.train;
  expect(prepareRunData(data, config('balanced')).classWeight).toEqual(
    balancedClassWeight(labels.subarray(0, 50), 8),
  );
  const given = [1, 2, 3, 4, 5, 6, 7, 8];
  expect(prepareRunData(data, config(given)).classWeight).toEqual(given);
  expect(prepareRunData(data, config(null)).classWeight).toBeNull();
});
