import { checkCounts } from './counts.ts';

/** How often each of two models alone was right, of images that both have classified. */
export interface DiscordantCounts {
  /** Images that only the first model got right. */
  readonly firstOnly: number;
  /** Images that only the second model got right. */
  readonly secondOnly: number;
}

/** The chance of a split as uneven as the observed one between two models that are equally good. */
export interface McNemarTest {
  /** Exact and two-sided. */
  readonly pValue: number;
  /** The same with the observed split counted half: less conservative (Fagerland, Lydersen & Laake 2013). */
  readonly midPValue: number;
}

/**
 * Tests whether two models are right equally often on the same images: McNemar's test (1947, "Note on the Sampling Error
 * of the Difference between Correlated Proportions"), in its exact form. Images that both get right, or both wrong, say
 * nothing about it. Of the other n, each is the first model's with probability 1/2 if both are equally good, so that for
 * the smaller count m
 *
 * `p = min(1, 2 P(X <= m))`, `mid-p = p - P(X = m)` (of equal counts `1 - P(X = m) / 2`), X ~ Binomial(n, 1/2).
 *
 * @param counts Whole numbers; both 0 give p = 1.
 * @returns Both at most 1; to some 1e-9 of their value for a million images, and better for fewer.
 * @throws MetricsError on a count that is negative or no whole number.
 */
export const mcnemarTest = ({ firstOnly, secondOnly }: DiscordantCounts): McNemarTest => {
  checkCounts({ firstOnly, secondOnly });
  const discordant = firstOnly + secondOnly;
  const least = Math.min(firstOnly, secondOnly);
  if (discordant === 0) return { pValue: 1, midPValue: 1 };
  const atLeast = halfBinomial(least, discordant);
  if (firstOnly === secondOnly) return { pValue: 1, midPValue: 1 - atLeast / 2 };
  const below = atLeast * tailRatio(least, discordant);
  return { pValue: Math.min(1, 2 * (below + atLeast)), midPValue: 2 * below + atLeast };
};

/** Returns P(X = k) of X ~ Binomial(n, 1/2). */
const halfBinomial = (k: number, n: number): number =>
  Math.exp(logFactorial(n) - logFactorial(k) - logFactorial(n - k) - n * Math.LN2);

/** Returns P(X < k) / P(X = k) for k below the middle: each term is the one above it times `k / (n - k + 1)`. */
const tailRatio = (k: number, n: number): number => {
  let sum = 0;
  let term = 1;
  for (let i = k; i > 0; i--) {
    term *= i / (n - i + 1);
    if (sum + term === sum) break;
    sum += term;
  }
  return sum;
};

/** Returns ln n!, by Stirling's series from 16 on: its first term left out is below 1e-14 there. */
const logFactorial = (n: number): number => {
  if (n < 16) {
    let product = 1;
    for (let i = 2; i <= n; i++) product *= i;
    return Math.log(product);
  }
  const square = n * n;
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / n;
  return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + series;
};
