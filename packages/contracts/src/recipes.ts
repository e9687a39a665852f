import type { RunConfigInput } from './run/run-config.ts';

/** Settings that together reach a known accuracy on CIFAR-10; docs/recipes.md has what was measured. */
export interface Recipe {
  /** One sentence: what it trains, and how far that gets. */
  readonly summary: string;
  readonly config: RunConfigInput;
}

const quick: Recipe = {
  summary: 'the network of the tutorial, three epochs with little dropout: above 60% in about a minute',
  config: { model: { dropout: { rate: 0.2 } }, batchSize: 125, epochs: 3 },
};

const tutorial: Recipe = {
  summary: 'the run of the tutorial, 55 epochs, which is also what is trained without a recipe',
  config: {},
};

/** The images of an epoch, and of a batch, in Jordan's recipe; the last, incomplete batch is dropped. */
const [IMAGES, BATCH] = [50_000, 1024];

/** 9.9 epochs. */
const STEPS = Math.ceil(Math.floor(IMAGES / BATCH) * 9.9);

/** Of the mean of a batch's losses; the paper has the sum, and a rate that is smaller by the size of the batch. */
const LEARNING_RATE = 11.5 / (1 + 1 / (1 - 0.85));

/** Coupled: a group with another learning rate has another decay, so that the product is the same. */
const WEIGHT_DECAY = 0.0153 / 11.5;

const BIAS_FACTOR = 64;

/** The method of Jordan (2024), of any network and length. */
const jordan = {
  loss: { labelSmoothing: 0.2 },
  optimizer: {
    name: 'sgd',
    learningRate: LEARNING_RATE,
    momentum: 0.85,
    nesterov: true,
    momentumForm: 'pytorch',
    weightDecay: WEIGHT_DECAY,
    weightDecayMode: 'coupled',
  },
  weightGroups: [
    { weights: ['whitening/kernel'], learningRateFactor: 0 },
    { weights: ['whitening/bias'], epochs: 3 },
    { weights: ['*/beta'], learningRateFactor: BIAS_FACTOR, weightDecay: WEIGHT_DECAY / BIAS_FACTOR },
  ],
  schedule: {
    name: 'one_cycle',
    warmupFraction: 0.23,
    startFactor: 0.2,
    endFactor: 0.07,
  },
  averaging: { name: 'lookahead', period: 5, decay: 0.95 ** 5, power: 3 },
  augmentation: { flip: 'alternating', crop: 2, cropFill: 'reflect' },
  batchSize: BATCH,
  dropRemainder: true,
  validationSplit: 0,
  testTimeAugmentation: 'flip_shift',
} as const satisfies RunConfigInput;

const fast90: Recipe = {
  summary:
    'the method of airbench94 with a smaller network and fewer epochs: 91%, in 20 minutes on two cores',
  config: { ...jordan, model: { preset: 'airbench94', filters: [64, 128, 128] }, epochs: 6 },
};

const airbench94: Recipe = {
  summary:
    'the method of "94% on CIFAR-10 in 3.29 seconds on a single GPU" (Jordan 2024): 94%, in half an hour to an hour on two cores',
  config: { ...jordan, model: { preset: 'airbench94' }, epochs: 10, maxSteps: STEPS },
};

/** The recipes, by the names that the option `--recipe` of `dropout-lab train` takes. */
export const recipes = { quick, tutorial, fast90, airbench94 } as const;

/** The name of a recipe. */
export type RecipeName = keyof typeof recipes;
