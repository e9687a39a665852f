import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Maps, whiteningKernel } from './whitening-kernel.ts';

interface Case {
  readonly shape: Maps['shape'];
  readonly maps: readonly number[];
  readonly kernelShape: readonly [number, number, number, number];
  readonly kernel: readonly number[];
}

const cases: Case[] = JSON.parse(
  readFileSync(new URL('../../fixtures/whitening.json', import.meta.url), 'utf8'),
);

describe.each(cases)('a kernel $kernelShape from maps $shape', ({ shape, maps, kernelShape, kernel }) => {
  const values = Float32Array.from(maps);
  const found = whiteningKernel({ values, shape }, kernelShape);

  test('is that of numpy', () => {
    found.forEach((weight, i) => {
      expect(Math.abs(weight - kernel[i]!)).toBeLessThan(1e-6 * Math.max(1, Math.abs(kernel[i]!)));
    });
  });

  test('makes outputs that are not correlated, of mean square 1', () => {
    const [height, width, channels, filters] = kernelShape;
    const [count, rows, columns] = shape;
    const half = filters / 2;
    const products = new Float64Array(half * half);
    let windows = 0;
    for (let n = 0; n < count; n++) {
      for (let y = 0; y <= rows - height; y++) {
        for (let x = 0; x <= columns - width; x++) {
          windows++;
          const outputs = Array.from({ length: half }, (_, filter) => {
            let sum = 0;
            for (let i = 0; i < height * width * channels; i++) {
              const [dy, rest] = [Math.floor(i / (width * channels)), i % (width * channels)];
              const at = ((n * rows + y + dy) * columns + x) * channels + rest;
              sum += values[at]! * found[i * filters + filter]!;
            }
            return sum;
          });
          outputs.forEach((a, i) => {
            outputs.forEach((b, j) => {
              products[i * half + j]! += a * b;
            });
          });
        }
      }
    }
    products.forEach((sum, i) => {
      const isSame = i % (half + 1) === 0;
      // Below 1 by the number that is added to an eigenvalue.
      if (isSame) expect(sum / windows).toBeGreaterThan(0.9);
      expect(Math.abs(sum / windows - (isSame ? 1 : 0))).toBeLessThan(isSame ? 0.1 : 1e-5);
    });
  });
});
