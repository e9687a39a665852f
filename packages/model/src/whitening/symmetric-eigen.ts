/** An eigenvalue of a symmetric matrix, and its eigenvector of length 1. */
export interface EigenPair {
  readonly value: number;
  /** Its component of largest magnitude is positive, since an eigenvector has no sign of its own. */
  readonly vector: Float64Array;
}

/** Sweeps after which the rotations of any matrix have long converged: they do so quadratically. */
const MOST_SWEEPS = 60;

/**
 * Returns the eigenvalues and eigenvectors of a symmetric matrix, largest value first, by cyclic Jacobi rotations (Golub &
 * Van Loan 2013, section 8.5): to the last digits of float64, and quick for the some hundred rows of image patches.
 *
 * @param matrix Row-major [size, size]; only symmetric ones.
 */
export const symmetricEigen = (matrix: Float64Array, size: number): EigenPair[] => {
  const a = matrix.slice();
  const vectors = identity(size);
  for (let sweep = 0; sweep < MOST_SWEEPS && !isDiagonal(a, size); sweep++) {
    for (let p = 0; p < size; p++) {
      for (let q = p + 1; q < size; q++) rotate(a, vectors, size, p, q);
    }
  }
  return Array.from({ length: size }, (_, i) => ({
    value: a[i * size + i]!,
    vector: withSign(vectors.subarray(i * size, (i + 1) * size)),
  })).sort((one, other) => other.value - one.value);
};

const identity = (size: number): Float64Array => {
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) matrix[i * size + i] = 1;
  return matrix;
};

const isDiagonal = (a: Float64Array, size: number): boolean => {
  let [off, diagonal] = [0, 0];
  for (let row = 0; row < size; row++) {
    diagonal += a[row * size + row]! ** 2;
    for (let column = 0; column < row; column++) off += a[row * size + column]! ** 2;
  }
  return off <= (Number.EPSILON * Number.EPSILON * diagonal) / size;
};

/** Makes a[p, q] zero; `vectors` has the eigenvectors in its rows. */
const rotate = (a: Float64Array, vectors: Float64Array, size: number, p: number, q: number): void => {
  const between = a[p * size + q]!;
  if (between === 0) return;
  const theta = (a[q * size + q]! - a[p * size + p]!) / (2 * between);
  const tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(tangent * tangent + 1);
  const sine = tangent * cosine;
  const turn = (values: Float64Array, first: number, second: number): void => {
    const [x, y] = [values[first]!, values[second]!];
    values[first] = cosine * x - sine * y;
    values[second] = sine * x + cosine * y;
  };
  for (let i = 0; i < size; i++) turn(a, i * size + p, i * size + q);
  for (let i = 0; i < size; i++) turn(a, p * size + i, q * size + i);
  for (let i = 0; i < size; i++) turn(vectors, p * size + i, q * size + i);
};

const withSign = (vector: Float64Array): Float64Array => {
  const largest = vector.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  return largest < 0 ? vector.map((x) => -x) : vector.slice();
};
