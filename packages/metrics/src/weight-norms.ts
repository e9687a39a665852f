import type { NamedArray } from '@dropout-lab/contracts';

/**
 * Computes the norms `sqrt(sum w^2)` of a kernel over some of its axes, which max-norm limits: over axis 0 of a Dense
 * kernel [inputs, units], one norm for each unit.
 *
 * @param kernel Float32, row-major.
 * @param axes Axes to sum over.
 * @returns One norm for each position of the other axes, row-major.
 */
export const weightNorms = ({ shape, values }: NamedArray, axes: readonly number[]): Float64Array => {
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const squares = new Float64Array(kept.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i++) {
    let rest = i;
    let place = 0;
    let stride = 1;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const index = rest % shape[axis]!;
      rest = (rest - index) / shape[axis]!;
      if (!axes.includes(axis)) {
        place += index * stride;
        stride *= shape[axis]!;
      }
    }
    squares[place]! += values[i]! ** 2;
  }
  return squares.map(Math.sqrt);
};
