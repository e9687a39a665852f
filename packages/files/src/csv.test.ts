import { expect, test } from 'vitest';
import { csvOf } from './csv.ts';

test.each<[string | number | undefined, string]>([
  ['plain', 'plain'],
  ['two words', 'two words'],
  ['', ''],
  ['a,b', '"a,b"'],
  ['say "a"', '"say ""a"""'],
  ['two\nlines', '"two\nlines"'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['=1+1', "'=1+1"],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@a', "'@a"],
  ['\t=1', "'\t=1"],
  ['\r=1', '"\'\r=1"'],
  ['=1,"2"', '"\'=1,""2"""'],
  ['a=1', 'a=1'],
  [0, '0'],
  [-0.25, '-0.25'],
  [1 / 3, '0.3333333333333333'],
  [1e-7, '1e-7'],
  [Number.NaN, ''],
  [undefined, ''],
])('the field %j is written as %j', (value, expected) => {
  expect(csvOf([['x', value, 1]])).toBe(`x,${expected},1\r\n`);
});

test('rows are lines; numbers and what is missing are written as asked', () => {
  const rows = [
    ['a', 'b'],
    [-1, undefined],
  ];
  expect(csvOf(rows, { number: (value) => value.toFixed(2), missing: 'NA' })).toBe('a,b\r\n-1.00,NA\r\n');
  expect(csvOf([])).toBe('');
});
