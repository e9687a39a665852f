import { expect, test } from 'vitest';
import { addressOf, defaultView, parseAddress, type View } from './address.ts';

test('a view goes into the address and comes back', () => {
  const view: View = {
    ...defaultView,
    page: 'compare',
    runs: ['study/no dropout/seed-1', 'a&b=c', '<script>', '50%'],
    x: 'time',
    log: true,
    smooth: 0.6,
    group: true,
    from: 2.5,
    to: 9,
    cell: '3-5',
    descending: false,
  };
  expect(parseAddress(addressOf(view))).toEqual(view);
});

test('defaults are left out', () => {
  expect(addressOf(defaultView)).toBe('#/runs');
  expect(parseAddress('')).toEqual(defaultView);
  expect(parseAddress('#/compare').page).toBe('compare');
});

test('what makes no sense is the default', () => {
  expect(parseAddress('#/nowhere?smooth=7&log=perhaps&x=weeks&cell=a-b&from=soon')).toEqual(defaultView);
});
