import { parseRunConfig, type RunConfig } from '@dropout-lab/contracts';

/** The layer whose units are watched: each of the 64 has 1,152 incoming weights. */
export const LAYER = 'dense';
export const UNITS = 64;
export const WEIGHTS = 1152;

/** The number of steps that are trained. */
export const STEPS = 160;

/** A training that lets norms grow: three times the usual learning rate, on the 250 images that ship with the pages. */
export const configWithLimit = (limit: number | null): RunConfig =>
  parseRunConfig({
    model: {
      filters: [16, 32],
      units: [UNITS],
      dropout: { rate: 0.25 },
      maxNorm: limit === null ? null : { value: limit, axis: 0 },
    },
    optimizer: { learningRate: 0.003 },
    batchSize: 25,
    epochs: 16,
    limitTrain: 250,
    validationSplit: 0,
  });

/** The highest norm that the bars have room for. */
export const MOST = 3;

/** Returns how many units are at a limit. Max-norm leaves them below it by its epsilon. */
export const countAtLimit = (norms: Float64Array, limit: number): number =>
  norms.reduce((count, norm) => count + (norm > limit * 0.999 ? 1 : 0), 0);
