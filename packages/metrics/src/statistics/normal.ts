/**
 * Computes the distribution function of the standard normal, by the series
 * `1/2 + phi(x) (x + x^3/3 + x^5/(3 5) + x^7/(3 5 7) + ...)` (Marsaglia 2004, "Evaluating the Normal
 * Distribution"), to some 1e-15; in the tails by Laplace's continued fraction, to some 1e-15 of the value.
 */
export const normalCdf = (x: number): number => {
  if (x < -TAIL) return upperTail(-x);
  if (x > TAIL) return 1 - upperTail(x);
  let sum = x;
  let term = x;
  for (let odd = 3, before = 0; sum !== before; odd += 2) {
    before = sum;
    term *= (x * x) / odd;
    sum += term;
  }
  return 0.5 + sum * density(x);
};

/** Further out the series is what rounding leaves of 1/2 - 1/2, which may be below 0, and slow. */
const TAIL = 5;

/** Enough of the continued fraction for double precision beyond {@link TAIL}. */
const TERMS = 50;

/** `phi(x) / (x + 1 / (x + 2 / (x + 3 / (x + ...))))` */
const upperTail = (x: number): number => {
  let rest = x;
  for (let term = TERMS; term > 0; term--) rest = x + term / rest;
  return density(x) / rest;
};

const density = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);

/**
 * Computes the inverse of {@link normalCdf} by Wichura's rational approximations (1988, Algorithm AS 241, PPND16), to some
 * 1e-15 of the value.
 *
 * @param p 0..1; minus and plus infinity at the ends.
 */
export const normalQuantile = (p: number): number => {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q;
    return (q * polynomial(centre.numerator, r)) / polynomial(centre.denominator, r);
  }
  const tail = Math.min(p, 1 - p);
  if (tail === 0) return q < 0 ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const r = Math.sqrt(-Math.log(tail));
  const { numerator, denominator, shift } = r <= 5 ? shoulder : farTail;
  return (Math.sign(q) * polynomial(numerator, r - shift)) / polynomial(denominator, r - shift);
};

/** Evaluates a polynomial; coefficients lowest power first. */
const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduceRight((sum, coefficient) => sum * x + coefficient, 0);

const centre = {
  numerator: [
    3.3871328727963665, 133.14166789178438, 1971.5909503065513, 13731.69376550946, 45921.95393154987,
    67265.7709270087, 33430.57558358813, 2509.0809287301227,
  ],
  denominator: [
    1, 42.31333070160091, 687.1870074920579, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
};

const shoulder = {
  shift: 1.6,
  numerator: [
    1.4234371107496835, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 0.0007745450142783414,
  ],
  denominator: [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    0.0005475938084995345, 1.0507500716444169e-9,
  ],
};

const farTail = {
  shift: 5,
  numerator: [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.29656057182850487, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  denominator: [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 0.0007868691311456133,
    1.8463183175100548e-5, 1.421511758316446e-7, 2.0442631033899397e-15,
  ],
};
