import { expect, test } from 'vitest';
import { createDigest } from '../testing/runs.ts';
import { armsOf } from './arms.ts';

test('seeds of one configuration are one arm; labels tell what differs', () => {
  const runs = [
    createDigest('a1', { seed: 1 }, []),
    createDigest('a2', { seed: 2 }, []),
    createDigest('b', { model: { dropout: { rate: 0 } } }, []),
    createDigest('c', { optimizer: { name: 'sgd' } }, []),
    createDigest('d', { model: { maxNorm: null } }, []),
  ];
  const arms = armsOf(runs);
  expect([...arms].map(([name, { label, color }]) => [name, color, label])).toEqual([
    ['a1', 0, 'dropout 0.5 · max-norm 2 · adam'],
    ['a2', 0, 'dropout 0.5 · max-norm 2 · adam'],
    ['b', 1, 'no dropout · max-norm 2 · adam'],
    ['c', 2, 'dropout 0.5 · max-norm 2 · sgd'],
    ['d', 3, 'dropout 0.5 · no max-norm · adam'],
  ]);
});

test('learning rates that only follow from the optimizer are not told, others are', () => {
  const rates = [0.1, 0.2].map((learningRate) =>
    createDigest(`sgd-${learningRate}`, { optimizer: { name: 'sgd', learningRate } }, []),
  );
  const labels = [...armsOf([createDigest('adam', {}, []), ...rates]).values()].map(({ label }) => label);
  expect(labels).toEqual([
    'adam · learning rate 0.001',
    'sgd · learning rate 0.1',
    'sgd · learning rate 0.2',
  ]);
});

test('a lone arm is named by what a reader wants to know first', () => {
  expect(armsOf([createDigest('one', {}, [])]).get('one')!.label).toBe('dropout 0.5 · max-norm 2 · adam');
});
