import { expect, test } from 'vitest';
import { addressOf, defaultView, parseAddress, type View } from './address.ts';
import { runFlags } from './settings/flag-values.ts';

test('a view goes into the address and comes back', () => {
  const view: View = {
    ...defaultView,
    page: 'compare',
    runs: ['study/no dropout/seed-1', 'a&b=c', '<script>', '50%', 'back\\slash', 'e\u0301\n ?#'],
    x: 'time',
    log: true,
    smooth: 0.6,
    group: true,
    from: 2.5,
    to: 9,
    cell: '3-5',
    descending: false,
    values: { optimizer: 'sgd', dropout: '0.3', 'learning-rate': '0.05' },
  };
  expect(parseAddress(addressOf(view))).toEqual(view);
});

test('defaults are left out', () => {
  expect(addressOf(defaultView)).toBe('#/runs');
  expect(parseAddress('')).toEqual(defaultView);
  expect(parseAddress('#/compare').page).toBe('compare');
});

test('what makes no sense is the default', () => {
  expect(parseAddress('#/train?epochs=0&momentum=0.9&nesterov=perhaps&max-norm=-1&seed=x').values).toEqual(
    {},
  );
  expect(parseAddress('#/nowhere?smooth=7&log=perhaps&x=weeks&cell=a-b&from=soon')).toEqual(defaultView);
});

test('a step of Learn is part of the path, and of no other page', () => {
  const view: View = { ...defaultView, page: 'learn', step: 'mask', image: 3 };
  expect(addressOf(view)).toBe('#/learn/mask?image=3');
  expect(parseAddress('#/learn/mask?image=3')).toEqual(view);
  expect(parseAddress('#/learn')).toEqual({ ...defaultView, page: 'learn' });
  expect(parseAddress('#/learn/nothing?step=mask').step).toBe(null);
  expect(parseAddress('#/runs/mask').step).toBe(null);
});

test('settings of what is trained are in it by the names of their options, as far as they differ', () => {
  const address = '#/train?optimizer=sgd&dropout=0.3&learning-rate=0.05&nesterov=yes';
  expect(addressOf(parseAddress(address))).toBe(address);
  // 50 and 2000 are the page's own defaults, 0.01 is that of SGD.
  expect(parseAddress('#/train?batch-size=50&limit-train=2000').values).toEqual({});
  expect(parseAddress('#/train?learning-rate=0.01&optimizer=sgd').values).toEqual({ optimizer: 'sgd' });
  expect(parseAddress('#/train?max-norm-axis=0,1,2&max-norm=none').values).toEqual({ 'max-norm': 'none' });
});

test('no option has the name of another parameter of the address', () => {
  expect(runFlags.map(({ name }) => name).filter((name) => name in defaultView)).toEqual([]);
});
