import { expect, test } from 'vitest';
import { groupWeights, weightGroupSchema } from '../index.ts';

const paths = [
  'conv2d/kernel',
  'conv2d/bias',
  'conv2d_1/kernel',
  'batch_normalization/beta',
  'block/dense/bias',
];
const placesOf = (...groups: string[][]) => {
  const parsed = groups.map((weights) => weightGroupSchema.parse({ weights }));
  const found = groupWeights(parsed, paths);
  if (found.finding !== undefined) return found.finding;
  return found.groups.map((group) => (group === undefined ? '-' : parsed.indexOf(group))).join('');
};

test('* stands for any text, and of several groups the first counts', () => {
  expect(placesOf()).toBe('-----');
  expect(placesOf(['conv2d/kernel'])).toBe('0----');
  expect(placesOf(['conv2d*/kernel'], ['*/bias', '*/beta'])).toBe('010 11'.replace(' ', ''));
  expect(placesOf(['*/bias'], ['conv2d/*'], ['*'])).toBe('10220');
});

test.each([
  [
    [['conv/kernel']],
    'weightGroups[0].weights[0]: expected the path of a weight that is trained, or a pattern with * for any text (conv2d/kernel, conv2d/bias, conv2d_1/kernel, batch_normalization/beta, block/dense/bias), received "conv/kernel": change it, or leave it out',
  ],
  [
    [['*'], ['*/bias']],
    'weightGroups[1].weights[0]: expected a weight that no group before it has, since the first counts (none), received "*/bias": change it, or leave it out',
  ],
  // Only * is special.
  [[['conv2d.kernel']], 'weightGroups[0].weights[0]: expected the path'],
  [[['conv2d/kerne']], 'weightGroups[0].weights[0]: expected the path'],
])('%j is refused by name', (groups, message) => {
  expect(placesOf(...groups)).toContain(message);
});
