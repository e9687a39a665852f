import type { Generator } from './generator.ts';

/**
 * Draws a number of the symmetric beta distribution Beta(alpha, alpha), 0..1, rounded to a multiple of 2^-24: logarithms and
 * powers of JavaScript engines differ in their last digits, which the rounding hides from all but one draw in 10^8.
 *
 * For alpha up to 1 by Jöhnk's method (1964): x = u^(1/alpha), y = v^(1/alpha) until x + y <= 1, then x / (x + y). Above by
 * Ulrich's polar method (1984): u and v in the unit circle, s = u^2 + v^2, then
 * 1/2 + u v / s sqrt(1 - s^(2 / (2 alpha - 1))).
 *
 * @param alpha Above 0.
 * @throws RangeError for any other.
 */
export const symmetricBeta = (generator: Generator, alpha: number): number => {
  if (!(alpha > 0 && alpha < Number.POSITIVE_INFINITY))
    throw new RangeError(`symmetricBeta: alpha: expected a finite number above 0, got ${alpha}`);
  const drawn = alpha <= 1 ? byJohnk(generator, alpha) : byUlrich(generator, alpha);
  return Math.round(drawn * 2 ** 24) / 2 ** 24;
};

const byJohnk = ({ nextFloat }: Generator, alpha: number): number => {
  for (;;) {
    // In logarithms, since powers of a small alpha would be 0 / 0. Above 0, so that they are finite.
    const [x, y] = [Math.log(1 - nextFloat()) / alpha, Math.log(1 - nextFloat()) / alpha];
    if (Math.exp(x) + Math.exp(y) > 1) continue;
    return 1 / (1 + Math.exp(y - x));
  }
};

const byUlrich = ({ nextFloat }: Generator, alpha: number): number => {
  for (;;) {
    const [u, v] = [2 * nextFloat() - 1, 2 * nextFloat() - 1];
    const s = u * u + v * v;
    if (s > 1 || s === 0) continue;
    return 0.5 + ((u * v) / s) * Math.sqrt(1 - s ** (2 / (2 * alpha - 1)));
  }
};
