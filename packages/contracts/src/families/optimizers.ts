import { z } from 'zod';
import { count, fraction, nonNegative, positive } from '../settings/numbers.ts';
import { setting } from '../settings/settings.ts';

const learningRate = (defaultValue: number) =>
  setting(positive.default(defaultValue), 'Learning rate, before any schedule', {
    flag: 'learning-rate',
  });

const clip = (description: string) => setting(positive.nullable().default(null), description);

/** Of the gradients, before weight decay; Keras has them for every optimizer. */
const clipping = {
  clipnorm: clip("Largest norm of each weight's gradient, which is scaled down to it (Pascanu et al. 2013)"),
  clipvalue: clip('Largest absolute value of each number of a gradient'),
  globalClipnorm: clip('Largest norm of all gradients together, which are scaled down to it by one factor'),
};

/** At most one way to clip, as in Keras. */
const oneClipping = (
  settings: { readonly [Key in keyof typeof clipping]: number | null },
  context: z.RefinementCtx,
): void => {
  const given = (Object.keys(clipping) as (keyof typeof clipping)[]).filter((key) => settings[key] !== null);
  if (given.length < 2) return;
  context.addIssue({
    code: 'custom',
    path: [given[1]!],
    message: `expected null beside ${given[0]}, since gradients are clipped in one way`,
  });
};

const moments = {
  learningRate: learningRate(0.001),
  beta1: setting(fraction.default(0.9), 'Decay of the mean of the gradients'),
  beta2: setting(fraction.default(0.999), 'Decay of the mean of the squared gradients'),
  epsilon: setting(
    positive.default(1e-7),
    'Added to the root of the second moment before bias correction, as Keras does ("epsilon hat" of Kingma & Ba 2015, section 2)',
  ),
};

const weightDecay = (defaultValue: number, more = '') =>
  setting(
    nonNegative.default(defaultValue),
    `Share of each weight, biases included, that a step removes, times the learning rate (Loshchilov & Hutter 2019)${more}`,
  );

const adam = z
  .strictObject({ name: z.literal('adam').default('adam'), ...moments, ...clipping })
  .superRefine(oneClipping)
  .meta({ title: 'Adam' });

const adamw = z
  .strictObject({
    name: z.literal('adamw'),
    ...moments,
    weightDecay: weightDecay(0.004),
    ...clipping,
  })
  .superRefine(oneClipping)
  .meta({ title: 'AdamW' });

const sgd = z
  .strictObject({
    name: z.literal('sgd'),
    learningRate: learningRate(0.01),
    momentum: setting(fraction.default(0), 'Share of the last update that the next one keeps', {
      flag: 'momentum',
    }),
    nesterov: setting(z.boolean().default(false), 'Look ahead along the momentum (Nesterov 1983)', {
      flag: 'nesterov',
    }),
    momentumForm: setting(
      z.enum(['keras', 'pytorch']).default('keras'),
      'Velocity v of momentum m at a learning rate r: keras, v = m v - r g, then w += v (Sutskever et al. 2013); pytorch, v = m v + g, then w -= r v, which differs where the rate changes',
    ),
    weightDecay: weightDecay(0, '; 0 for none'),
    weightDecayMode: setting(
      z.enum(['decoupled', 'coupled']).default('decoupled'),
      'decoupled: w -= r decay w before the update, as in Keras; coupled: decay w is added to the gradient, as in PyTorch, an L2 penalty of decay / 2 that momentum sees',
      { needs: 'weightDecay' },
    ),
    ...clipping,
  })
  .superRefine(oneClipping)
  .meta({ title: 'SGD' });

const rmsprop = z
  .strictObject({
    name: z.literal('rmsprop'),
    learningRate: learningRate(0.001),
    rho: setting(
      fraction.default(0.9),
      'Share of the mean of the squared gradients that a step keeps (Hinton 2012)',
    ),
    momentum: setting(fraction.default(0), 'Share of the last update that the next one keeps', {
      flag: 'momentum',
    }),
    epsilon: setting(positive.default(1e-7), 'Added to the mean of the squared gradients, under the root'),
    centered: setting(
      z.boolean().default(false),
      'Divide by the deviation of the gradients instead of their root mean square (Graves 2013)',
    ),
    weightDecay: weightDecay(0, '; 0 for none'),
    ...clipping,
  })
  .superRefine(oneClipping)
  .meta({ title: 'RMSprop' });

const muon = z
  .strictObject({
    name: z.literal('muon'),
    learningRate: learningRate(0.001),
    momentum: setting(fraction.default(0.95), 'Share of the last direction that the next one keeps', {
      flag: 'momentum',
    }),
    nesterov: setting(z.boolean().default(true), 'Look ahead along the momentum (Nesterov 1983)'),
    nsSteps: setting(
      count.default(5),
      'Newton-Schulz iterations, which make the update of a matrix nearly orthogonal (Jordan et al. 2024)',
    ),
    rmsRate: setting(
      positive.nullable().default(0.2),
      'Factor of updates beside the root of the larger side of the matrix, so that they are as large as those of Adam (Liu et al. 2025); null is neither',
    ),
    weightDecay: weightDecay(0.004),
    convolutions: setting(
      z.boolean().default(false),
      'Whether kernels of convolutions are updated as matrices of inputs by filters too (Jordan et al. 2024); Keras leaves them to Adam',
    ),
    excludeLayers: setting(
      z.array(z.string().min(1)).default([]),
      'Parts of the paths of matrices that Adam updates, such as logits, the last layer; it updates biases and embeddings in any case',
    ),
    adamLrRatio: setting(positive.default(1), "Adam's learning rate as a multiple of the learning rate"),
    adamBeta1: setting(fraction.default(0.9), "Adam's decay of the mean of the gradients"),
    adamBeta2: setting(fraction.default(0.999), "Adam's decay of the mean of the squared gradients"),
    adamWeightDecay: setting(nonNegative.default(0.004), 'The weight decay of weights that Adam updates'),
    epsilon: setting(positive.default(1e-7), "Adam's epsilon"),
    ...clipping,
  })
  .superRefine(oneClipping)
  .meta({ title: 'Muon' });

/** The optimizers, by Keras's names and with its defaults. */
export const optimizerSchema = z.discriminatedUnion('name', [adam, sgd, adamw, rmsprop, muon]);

/** An optimizer with its settings, by Keras's names. */
export type OptimizerConfig = z.output<typeof optimizerSchema>;
/** An optimizer as a user writes it: anything left out is Keras's default. */
export type OptimizerInput = z.input<typeof optimizerSchema>;
/** The name of an optimizer. */
export type OptimizerName = OptimizerConfig['name'];
