import { expect, test } from 'vitest';
import { parseModelSpec } from './index.ts';

test('what is left out is the tutorial’s, at every depth', () => {
  const spec = parseModelSpec({ dropout: { rate: 0.2 }, maxNorm: { axis: [0, 1, 2] } });
  expect(spec.dropout).toEqual({ rate: 0.2, inputRate: 0, noiseShape: null });
  expect(spec.maxNorm).toEqual({ value: 2, axis: [0, 1, 2] });
  expect(spec.filters).toEqual([64, 64]);
});

test('no max-norm and no hidden dense layer are models too', () => {
  expect(parseModelSpec({ maxNorm: null, units: [] })).toMatchObject({ maxNorm: null, units: [] });
});

test('a mistake is told as the model’s', () => {
  expect(() => parseModelSpec({ dropout: { rate: 1 } })).toThrow(
    'model spec: dropout.rate: expected a number of at least 0 and below 1, received 1',
  );
});
