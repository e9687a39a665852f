import { expect, test } from 'vitest';
import { keptFraction, mosaicOf, spreadOf } from './mosaic.ts';

const gap = Number.NaN;

test('the channels of a layer are tiles with gaps between them', () => {
  // [2, 2, 3]: the first channel 1 to 4, the second all 2, the third only below 0.
  const values = Float32Array.from([1, 2, -1, 2, 2, -1, 3, 2, -1, 4, 2, -1]);
  const { width, height, levels } = mosaicOf({ layer: 'conv2d', shape: [2, 2, 3], values }, 2);
  expect([width, height]).toEqual([5, 5]);
  expect([...levels]).toEqual([
    ...[0.25, 0.5, gap, 0.5, 0.5],
    ...[0.75, 1, gap, 0.5, 0.5],
    ...[gap, gap, gap, gap, gap],
    ...[0, 0, gap, gap, gap],
    ...[0, 0, gap, gap, gap],
  ]);
});

test('units without height and width are a pixel each', () => {
  const { width, height, levels } = mosaicOf(
    { layer: 'dense', shape: [3], values: Float32Array.of(2, 0, 2) },
    3,
  );
  expect([width, height]).toEqual([5, 1]);
  expect([...levels]).toEqual([1, gap, 0, gap, 1]);
});

test('of a mask, what is kept', () => {
  expect(keptFraction({ layer: 'dropout', shape: [4], values: Float32Array.of(2, 0, 2, 2) })).toBe(0.75);
});

test('mean and sample deviation of each class', () => {
  const spread = spreadOf([Float32Array.of(0.25, 0.75), Float32Array.of(0.75, 0.25)]);
  expect(spread.map(({ mean }) => mean)).toEqual([0.5, 0.5]);
  expect(spread[0]!.deviation).toBeCloseTo(Math.sqrt(0.125), 12);
  expect(spreadOf([])).toEqual([]);
});
