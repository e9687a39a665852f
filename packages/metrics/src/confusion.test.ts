import { expect, test } from 'vitest';
import { classReports, confusionMatrix } from './confusion.ts';
import { MetricsError } from './errors.ts';

test('rows are the truth, columns the prediction', () => {
  expect(confusionMatrix(Uint8Array.of(0, 1, 1, 2), Uint8Array.of(0, 0, 1, 1), 3)).toEqual([
    [1, 1, 0],
    [0, 1, 1],
    [0, 0, 0],
  ]);
});

test('precision, recall and F1 by hand, 0 where undefined', () => {
  const reports = classReports(
    [
      [3, 1, 0],
      [2, 4, 0],
      [0, 0, 0],
    ],
    ['cat', 'dog', 'unicorn'],
  );
  expect(reports).toEqual([
    { className: 'cat', precision: 3 / 5, recall: 3 / 4, f1: 6 / 9, support: 4 },
    { className: 'dog', precision: 4 / 5, recall: 4 / 6, f1: 8 / 11, support: 6 },
    { className: 'unicorn', precision: 0, recall: 0, f1: 0, support: 0 },
  ]);
});

test('refuses arrays that do not fit', () => {
  expect(() => confusionMatrix(new Uint8Array(0), new Uint8Array(0), 3)).toThrow(MetricsError);
  expect(() => confusionMatrix(Uint8Array.of(1), Uint8Array.of(1, 2), 3)).toThrow(
    'predicted: expected one class for each of 2 labels, received 1',
  );
  expect(() => confusionMatrix(Uint8Array.of(3), Uint8Array.of(1), 3)).toThrow(
    'predicted[0]: expected a class from 0 to 2, received 3',
  );
  expect(() => classReports([[1]], [])).toThrow('classNames: expected one for each of 1 classes, received 0');
});
