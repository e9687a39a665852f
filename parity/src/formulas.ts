/**
 * Keras's counterpart of each name of ours, and the settings with which the two are compared. The fixtures of packages/*
 * and the scenarios that train step by step are made from these tables alone.
 */

import type {
  ActivationName,
  ConstraintName,
  LayerKind,
  LossName,
  OptimizerName,
  RegularizerName,
  ScheduleName,
} from '@dropout-lab/contracts';
import type {
  ConstraintFormula,
  Family,
  LayerFormula,
  LossFormula,
  OptimizerFormula,
  RegularizerFormula,
  ScheduleFormula,
} from './formula.ts';

const clipping = { clipnorm: 'clipnorm', clipvalue: 'clipvalue', globalClipnorm: 'global_clipnorm' } as const;
const clipped = [{ clipnorm: 0.01 }, { clipvalue: 0.001 }, { globalClipnorm: 0.1 }] as const;

/** The formulas of `keras.optimizers`. */
export const optimizerFormulas = {
  adam: {
    keras: 'Adam',
    settings: {
      learningRate: 'learning_rate',
      beta1: 'beta_1',
      beta2: 'beta_2',
      epsilon: 'epsilon',
      ...clipping,
    },
    slots: { m: '_momentums', v: '_velocities' },
    cases: [{}, { learningRate: 0.01, beta1: 0.8, beta2: 0.9, epsilon: 1e-3 }, ...clipped],
  },
  sgd: {
    keras: 'SGD',
    settings: {
      learningRate: 'learning_rate',
      momentum: 'momentum',
      nesterov: 'nesterov',
      weightDecay: 'weight_decay',
      // PyTorch's.
      momentumForm: null,
      weightDecayMode: null,
      ...clipping,
    },
    slots: { velocity: 'momentums' },
    cases: [
      {},
      { learningRate: 0.1, momentum: 0.9 },
      { learningRate: 0.1, momentum: 0.9, nesterov: true },
      { learningRate: 0.1, momentum: 0.9, weightDecay: 0.1 },
      ...clipped,
    ],
  },
  adamw: {
    keras: 'AdamW',
    settings: {
      learningRate: 'learning_rate',
      weightDecay: 'weight_decay',
      beta1: 'beta_1',
      beta2: 'beta_2',
      epsilon: 'epsilon',
      ...clipping,
    },
    slots: { m: '_momentums', v: '_velocities' },
    cases: [{}, { learningRate: 0.01, weightDecay: 0.1, beta1: 0.8, beta2: 0.9, epsilon: 1e-3 }, ...clipped],
  },
  rmsprop: {
    keras: 'RMSprop',
    settings: {
      learningRate: 'learning_rate',
      rho: 'rho',
      momentum: 'momentum',
      epsilon: 'epsilon',
      centered: 'centered',
      weightDecay: 'weight_decay',
      ...clipping,
    },
    slots: { velocity: '_velocities', momentum: '_momentums', average_gradient: '_average_gradients' },
    cases: [
      {},
      { learningRate: 0.01, rho: 0.8, momentum: 0.5, epsilon: 1e-3, weightDecay: 0.1 },
      { centered: true },
      { momentum: 0.5, centered: true },
      ...clipped,
    ],
  },
  muon: {
    keras: 'Muon',
    settings: {
      learningRate: 'learning_rate',
      momentum: 'momentum',
      nesterov: 'nesterov',
      nsSteps: 'ns_steps',
      rmsRate: 'rms_rate',
      weightDecay: 'weight_decay',
      excludeLayers: 'exclude_layers',
      adamLrRatio: 'adam_lr_ratio',
      adamBeta1: 'adam_beta_1',
      adamBeta2: 'adam_beta_2',
      adamWeightDecay: 'adam_weight_decay',
      epsilon: 'epsilon',
      ...clipping,
      // Jordan's.
      convolutions: null,
    },
    slots: { momentum: 'momentums', velocity: 'adam_velocities' },
    cases: [
      {},
      { learningRate: 0.01, momentum: 0.8, nesterov: false, nsSteps: 3, rmsRate: null, weightDecay: 0.1 },
      // The weight of these cases is w: Adam updates it.
      {
        excludeLayers: ['w'],
        adamLrRatio: 0.5,
        adamBeta1: 0.8,
        adamBeta2: 0.9,
        adamWeightDecay: 0.1,
        epsilon: 1e-3,
      },
      ...clipped,
    ],
  },
} satisfies { readonly [Name in OptimizerName]: OptimizerFormula<Name> };

/** The formulas of `keras.optimizers.schedules`. */
export const scheduleFormulas = {
  constant: { keras: null, initial: null, settings: {}, cases: [{}] },
  exponential_decay: {
    keras: 'ExponentialDecay',
    initial: 'initial_learning_rate',
    settings: { decaySteps: 'decay_steps', decayRate: 'decay_rate', staircase: 'staircase' },
    cases: [
      { decaySteps: 10, decayRate: 0.5 },
      { decaySteps: 10, decayRate: 0.5, staircase: true },
    ],
  },
  cosine_decay: {
    keras: 'CosineDecay',
    initial: 'initial_learning_rate',
    settings: {
      decaySteps: 'decay_steps',
      alpha: 'alpha',
      warmupSteps: 'warmup_steps',
      warmupTarget: 'warmup_target',
    },
    cases: [
      { decaySteps: 20 },
      { decaySteps: 20, alpha: 0.1 },
      { decaySteps: 10, alpha: 0.1, warmupSteps: 10, warmupTarget: 0.5 },
    ],
  },
  polynomial_decay: {
    keras: 'PolynomialDecay',
    initial: 'initial_learning_rate',
    settings: {
      decaySteps: 'decay_steps',
      endLearningRate: 'end_learning_rate',
      power: 'power',
      cycle: 'cycle',
    },
    cases: [{ decaySteps: 10 }, { decaySteps: 10, endLearningRate: 0.01, power: 2, cycle: true }],
  },
  piecewise_constant: {
    keras: 'PiecewiseConstantDecay',
    initial: null,
    settings: { boundaries: 'boundaries', values: 'values' },
    cases: [{ boundaries: [10, 20], values: [0.1, 0.01, 0.001] }],
  },
  // numpy's, in keras/formulas.py.
  one_cycle: {
    keras: 'interp',
    initial: null,
    settings: { totalSteps: null, warmupFraction: null, startFactor: null, endFactor: null },
    cases: [
      { totalSteps: 20 },
      { totalSteps: 47, warmupFraction: 0.23, startFactor: 0.2, endFactor: 0.07 },
      { totalSteps: 20, warmupFraction: 0, startFactor: 0.5, endFactor: 0.1 },
    ],
  },
} satisfies { readonly [Name in ScheduleName]: ScheduleFormula<Name> };

/** The formulas of `keras.losses`. */
export const lossFormulas = {
  categorical_crossentropy: {
    keras: 'CategoricalCrossentropy',
    heads: ['softmax'],
    settings: { labelSmoothing: 'label_smoothing' },
    cases: [{}, { labelSmoothing: 0.1 }],
  },
  binary_crossentropy: {
    keras: 'BinaryCrossentropy',
    heads: ['sigmoid'],
    settings: { labelSmoothing: 'label_smoothing' },
    cases: [{}, { labelSmoothing: 0.1 }],
  },
  mean_squared_error: {
    keras: 'MeanSquaredError',
    heads: ['linear', 'softmax', 'sigmoid'],
    settings: {},
    cases: [{}],
  },
  mean_absolute_error: {
    keras: 'MeanAbsoluteError',
    heads: ['linear', 'softmax', 'sigmoid'],
    settings: {},
    cases: [{}],
  },
  huber: {
    keras: 'Huber',
    heads: ['linear', 'softmax', 'sigmoid'],
    settings: { delta: 'delta' },
    cases: [{}, { delta: 0.5 }],
  },
} satisfies { readonly [Name in LossName]: LossFormula<Name> };

/** The formulas of `keras.constraints`. */
export const constraintFormulas = {
  max_norm: {
    keras: 'MaxNorm',
    settings: { maxValue: 'max_value', axis: 'axis' },
    cases: [
      { shape: [6, 5], settings: {} },
      { shape: [6, 5], settings: { maxValue: 0.5, axis: 1 } },
      { shape: [3, 3, 2, 4], settings: {} },
      { shape: [3, 3, 2, 4], settings: { axis: [0, 1, 2] } },
      { shape: [3, 3, 2, 4], settings: { maxValue: 0.5, axis: [0, 1, 2] } },
      { shape: [3, 3, 2, 4], settings: { maxValue: 1, axis: 3 } },
    ],
  },
  unit_norm: {
    keras: 'UnitNorm',
    settings: { axis: 'axis' },
    cases: [
      { shape: [6, 5], settings: {} },
      { shape: [6, 5], settings: { axis: 1 } },
      { shape: [3, 3, 2, 4], settings: {} },
      { shape: [3, 3, 2, 4], settings: { axis: [0, 1, 2] } },
    ],
  },
} satisfies { readonly [Name in ConstraintName]: ConstraintFormula<Name> };

/** The formulas of `keras.regularizers`. */
export const regularizerFormulas = {
  l1: {
    keras: 'L1',
    settings: { l1: 'l1' },
    cases: [
      { shape: [6, 5], settings: {} },
      { shape: [3, 3, 2, 4], settings: { l1: 0.3 } },
    ],
  },
  l2: {
    keras: 'L2',
    settings: { l2: 'l2' },
    cases: [
      { shape: [6, 5], settings: {} },
      { shape: [3, 3, 2, 4], settings: { l2: 0.3 } },
    ],
  },
  l1_l2: {
    keras: 'L1L2',
    settings: { l1: 'l1', l2: 'l2' },
    cases: [
      { shape: [6, 5], settings: {} },
      { shape: [3, 3, 2, 4], settings: { l1: 0.3, l2: 0.02 } },
    ],
  },
} satisfies { readonly [Name in RegularizerName]: RegularizerFormula<Name> };

const kernel = {
  activation: 'activation',
  useBias: 'use_bias',
  kernelInitializer: 'kernel_initializer',
  kernelConstraint: { argument: 'kernel_constraint', family: 'constraints' },
  kernelRegularizer: { argument: 'kernel_regularizer', family: 'regularizers' },
  dropConnect: null,
} as const;
/** The settings that every layer with a kernel has, with values that are not the defaults. */
const otherKernel = {
  activation: 'relu',
  useBias: false,
  kernelInitializer: 'he_uniform',
  kernelConstraint: { name: 'max_norm', maxValue: 0.5 },
  kernelRegularizer: { name: 'l2' },
  dropConnect: 0.3,
} as const;

/** The activations that no other case has. */
const elementwise = [
  'leaky_relu',
  'elu',
  'selu',
  'silu',
  'gelu',
  'gelu_approximate',
  'softplus',
  'tanh',
] as const satisfies readonly ActivationName[];

/** The formulas of `keras.layers`. Noise layers get our draws. */
export const layerFormulas = {
  conv2d: {
    keras: 'Conv2D',
    settings: {
      filters: 'filters',
      kernelSize: 'kernel_size',
      strides: 'strides',
      padding: 'padding',
      ...kernel,
    },
    cases: [
      { input: [5, 6, 2], settings: { filters: 3 } },
      { input: [5, 6, 2], settings: { filters: 3, kernelSize: 2, padding: 'same', ...otherKernel } },
      { input: [3, 3, 2], settings: { filters: 4, kernelSize: 1, activation: 'softmax' } },
      { input: [7, 8, 2], settings: { filters: 3, strides: 2, padding: 'same', activation: 'gelu' } },
      { input: [7, 8, 3], settings: { filters: 5, kernelSize: 2, strides: 3, activation: 'elu' } },
      { input: [5, 6, 2], settings: { filters: 4, useBias: false, kernelInitializer: 'partial_dirac' } },
    ],
  },
  max_pooling2d: {
    keras: 'MaxPooling2D',
    settings: { poolSize: 'pool_size', strides: 'strides', padding: 'padding' },
    cases: [
      { input: [5, 6, 2], settings: {} },
      { input: [7, 6, 2], settings: { poolSize: 3 } },
      { input: [7, 8, 2], settings: { poolSize: 3, strides: 2 } },
      { input: [7, 8, 2], settings: { poolSize: 3, strides: 2, padding: 'same' } },
      { input: [5, 6, 2], settings: { padding: 'same' } },
    ],
  },
  dropout: {
    keras: 'Dropout',
    settings: { rate: 'rate', noiseShape: 'noise_shape' },
    cases: [
      { input: [4, 3, 2], settings: { rate: 0.5 } },
      { input: [20], settings: { rate: 0.3 } },
      { input: [2, 3, 8], settings: { rate: 0.5, noiseShape: [null, 1, 1, null] } },
      { input: [3, 4, 2], settings: { rate: 0.5, noiseShape: [1, null, 4, 1] } },
    ],
  },
  flatten: { keras: 'Flatten', flattens: true, settings: {}, cases: [{ input: [2, 3, 2], settings: {} }] },
  dense: {
    keras: 'Dense',
    settings: { units: 'units', ...kernel },
    cases: [
      { input: [5], settings: { units: 4 } },
      { input: [5], settings: { units: 4, ...otherKernel } },
      { input: [5], settings: { units: 4, activation: 'softmax' } },
      { input: [5], settings: { units: 4, activation: 'leaky_relu', kernelInitializer: 'lecun_normal' } },
    ],
  },
  activation: {
    keras: 'Activation',
    settings: { activation: 'activation' },
    cases: [
      { input: [3, 2, 2], settings: {} },
      { input: [5], settings: { activation: 'softmax' } },
      { input: [5], settings: { activation: 'linear' } },
      ...elementwise.map((activation) => ({ input: [3, 2, 2], settings: { activation } })),
    ],
  },
  residual: {
    keras: 'Add',
    inner: 'layers',
    settings: { layers: null, shortcut: null, dropRate: null },
    cases: [
      { input: [4, 5, 2], settings: { layers: [{ kind: 'conv2d', filters: 2, padding: 'same' }] } },
      {
        input: [4, 5, 2],
        settings: {
          layers: [
            { kind: 'conv2d', filters: 2, padding: 'same', activation: 'relu' },
            { kind: 'dropout', rate: 0.5 },
            { kind: 'residual', layers: [{ kind: 'conv2d', filters: 2, padding: 'same' }] },
          ],
        },
      },
      {
        input: [4, 5, 2],
        settings: {
          layers: [
            { kind: 'conv2d', filters: 3, strides: 2, padding: 'same', activation: 'relu' },
            { kind: 'conv2d', filters: 3, padding: 'same' },
          ],
          shortcut: [{ kind: 'conv2d', filters: 3, kernelSize: 1, strides: 2 }],
          dropRate: 0.4,
        },
      },
    ],
  },
  spatial_dropout2d: {
    keras: 'SpatialDropout2D',
    settings: { rate: 'rate' },
    cases: [
      { input: [3, 4, 6], settings: { rate: 0.5 } },
      { input: [2, 2, 6], settings: { rate: 0.3 } },
    ],
  },
  gaussian_noise: {
    keras: 'GaussianNoise',
    settings: { stddev: 'stddev' },
    cases: [
      { input: [4, 3, 2], settings: { stddev: 0.5 } },
      { input: [20], settings: { stddev: 0.1 } },
    ],
  },
  gaussian_dropout: {
    keras: 'GaussianDropout',
    settings: { rate: 'rate' },
    cases: [
      { input: [4, 3, 2], settings: { rate: 0.5 } },
      { input: [20], settings: { rate: 0.3 } },
    ],
  },
  alpha_dropout: {
    keras: 'AlphaDropout',
    settings: { rate: 'rate', noiseShape: 'noise_shape' },
    cases: [
      { input: [4, 3, 2], settings: { rate: 0.5 } },
      { input: [20], settings: { rate: 0.3 } },
      { input: [2, 3, 8], settings: { rate: 0.5, noiseShape: [null, 1, 1, null] } },
    ],
  },
  batch_normalization: {
    keras: 'BatchNormalization',
    settings: { momentum: 'momentum', epsilon: 'epsilon', center: 'center', scale: 'scale' },
    cases: [
      { input: [3, 4, 2], settings: {} },
      { input: [5], settings: { momentum: 0.8, epsilon: 0.1 } },
      { input: [3, 4, 2], settings: { scale: false } },
      { input: [5], settings: { center: false } },
      { input: [3, 4, 2], settings: { center: false, scale: false } },
    ],
  },
  global_average_pooling2d: {
    keras: 'GlobalAveragePooling2D',
    flattens: true,
    settings: {},
    cases: [{ input: [4, 5, 3], settings: {} }],
  },
  rescaling: {
    keras: 'Rescaling',
    settings: { scale: 'scale', offset: 'offset' },
    cases: [
      { input: [4, 5, 2], settings: { scale: 1 / 9 } },
      { input: [5], settings: { scale: -2, offset: 0.5 } },
    ],
  },
  normalization: {
    keras: 'Normalization',
    settings: { mean: 'mean', variance: 'variance' },
    cases: [
      { input: [4, 5, 3], settings: { mean: [0.49, 0.48, 0.45], variance: [0.061, 0.059, 0.068] } },
      { input: [5], settings: { mean: 0.5, variance: 0 } },
      { input: [4, 5, 3], settings: { mean: [0.49, 0.48, 0.45], variance: 0.06 } },
    ],
  },
  average_pooling2d: {
    keras: 'AveragePooling2D',
    settings: { poolSize: 'pool_size', strides: 'strides', padding: 'padding' },
    cases: [
      { input: [5, 6, 2], settings: {} },
      { input: [7, 8, 2], settings: { poolSize: 3, strides: 2 } },
      { input: [7, 8, 2], settings: { poolSize: 3, strides: 2, padding: 'same' } },
      { input: [5, 6, 2], settings: { poolSize: 4, strides: 1, padding: 'same' } },
    ],
  },
  global_max_pooling2d: {
    keras: 'GlobalMaxPooling2D',
    flattens: true,
    settings: {},
    cases: [{ input: [4, 5, 3], settings: {} }],
  },
  layer_normalization: {
    keras: 'LayerNormalization',
    settings: { epsilon: 'epsilon', center: 'center', scale: 'scale' },
    cases: [
      { input: [3, 4, 5], settings: {} },
      { input: [6], settings: { epsilon: 0.1 } },
      { input: [3, 4, 5], settings: { scale: false } },
      { input: [6], settings: { center: false } },
      { input: [3, 4, 5], settings: { center: false, scale: false } },
    ],
  },
} satisfies { readonly [Kind in LayerKind]: LayerFormula<Kind> };

/** All formulas, in the form that keras/formulas.py reads. */
export const formulas = {
  optimizers: optimizerFormulas,
  schedules: scheduleFormulas,
  losses: lossFormulas,
  constraints: constraintFormulas,
  regularizers: regularizerFormulas,
  layers: layerFormulas,
} satisfies { readonly [Name in Family]: object };
