import { symmetricEigen } from './symmetric-eigen.ts';

/** Images or feature maps, float32 [count, height, width, channels]. */
export interface Maps {
  readonly values: ArrayLike<number>;
  readonly shape: readonly [count: number, height: number, width: number, channels: number];
}

/** Added to each eigenvalue before its root is divided by, so that directions without variance do not grow without bound. */
const EPSILON = 5e-4;

/**
 * Returns a convolution kernel whose outputs are uncorrelated over the patches of given maps (PCA whitening, as in Jordan 2024,
 * arXiv 2404.00498): the first half of its filters are the eigenvectors of the patches' uncentred covariance, largest
 * eigenvalue first, each divided by `sqrt(eigenvalue + 5e-4)`; the second half are their negatives.
 *
 * @param shape [height, width, channels, filters] of the kernel; filters is even and at most twice the size of a patch.
 * @returns float32, row-major.
 */
export const whiteningKernel = (
  maps: Maps,
  shape: readonly [number, number, number, number],
): Float32Array => {
  const [height, width, channels, filters] = shape;
  const size = height * width * channels;
  const pairs = symmetricEigen(covarianceOfPatches(maps, height, width), size).slice(0, filters / 2);
  const kernel = new Float32Array(size * filters);
  pairs.forEach(({ value, vector }, filter) => {
    const scale = 1 / Math.sqrt(value + EPSILON);
    for (let i = 0; i < size; i++) {
      const weight = vector[i]! * scale;
      kernel[i * filters + filter] = weight;
      kernel[i * filters + filters / 2 + filter] = -weight;
    }
  });
  return kernel;
};

/** Mean over all windows of the outer product of each with itself, row-major. */
const covarianceOfPatches = (
  { values, shape: [count, rows, columns, channels] }: Maps,
  height: number,
  width: number,
): Float64Array => {
  const rowLength = width * channels;
  const size = height * rowLength;
  const sums = new Float64Array(size * size);
  const patch = new Float64Array(size);
  for (let n = 0; n < count; n++) {
    for (let y = 0; y <= rows - height; y++) {
      for (let x = 0; x <= columns - width; x++) {
        for (let dy = 0; dy < height; dy++) {
          const from = ((n * rows + y + dy) * columns + x) * channels;
          for (let i = 0; i < rowLength; i++) patch[dy * rowLength + i] = values[from + i]!;
        }
        for (let i = 0; i < size; i++) {
          const value = patch[i]!;
          for (let j = 0; j <= i; j++) sums[i * size + j]! += value * patch[j]!;
        }
      }
    }
  }
  const windows = count * (rows - height + 1) * (columns - width + 1);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) sums[j * size + i] = sums[i * size + j]! /= windows;
  }
  return sums;
};
