import type { LossConfig, LossName, OptimizerConfig, OptimizerName } from '@dropout-lab/contracts';
import { type JsonObject, kerasObject } from '../objects.ts';

/** The optimizer and the loss that a model was trained with. */
export interface TrainedWith {
  readonly optimizer: OptimizerConfig;
  readonly loss: LossConfig;
}

type OptimizerOf<Name extends OptimizerName> = Extract<OptimizerConfig, { name: Name }>;

/** Keras's name of each setting; null for one that Keras lacks, with the value that means what Keras does. */
type Place<Value> = string | { readonly as: Value };

const clipping = { clipnorm: 'clipnorm', clipvalue: 'clipvalue', globalClipnorm: 'global_clipnorm' } as const;

const optimizers: {
  readonly [Name in OptimizerName]: {
    readonly className: string;
    readonly settings: {
      readonly [Setting in Exclude<keyof OptimizerOf<Name>, 'name'>]: Place<OptimizerOf<Name>[Setting]>;
    };
  } | null;
} = {
  adam: {
    className: 'Adam',
    settings: {
      learningRate: 'learning_rate',
      beta1: 'beta_1',
      beta2: 'beta_2',
      epsilon: 'epsilon',
      ...clipping,
    },
  },
  adamw: {
    className: 'AdamW',
    settings: {
      learningRate: 'learning_rate',
      weightDecay: 'weight_decay',
      beta1: 'beta_1',
      beta2: 'beta_2',
      epsilon: 'epsilon',
      ...clipping,
    },
  },
  sgd: {
    className: 'SGD',
    settings: {
      learningRate: 'learning_rate',
      momentum: 'momentum',
      nesterov: 'nesterov',
      weightDecay: 'weight_decay',
      momentumForm: { as: 'keras' },
      weightDecayMode: { as: 'decoupled' },
      ...clipping,
    },
  },
  rmsprop: {
    className: 'RMSprop',
    settings: {
      learningRate: 'learning_rate',
      rho: 'rho',
      momentum: 'momentum',
      epsilon: 'epsilon',
      centered: 'centered',
      weightDecay: 'weight_decay',
      ...clipping,
    },
  },
  // Keras has it from 3.10 on, and an earlier one could not load the model at all.
  muon: null,
};

/** A number that Python must take for a float even where it is whole. */
class Float {
  constructor(readonly value: number) {}
}

const losses: {
  readonly [Name in LossName]: (loss: Extract<LossConfig, { name: Name }>) => readonly [string, JsonObject];
} = {
  categorical_crossentropy: ({ labelSmoothing }) => [
    'CategoricalCrossentropy',
    { label_smoothing: new Float(labelSmoothing) },
  ],
  binary_crossentropy: ({ labelSmoothing }) => [
    'BinaryCrossentropy',
    { label_smoothing: new Float(labelSmoothing) },
  ],
  mean_squared_error: () => ['MeanSquaredError', {}],
  mean_absolute_error: () => ['MeanAbsoluteError', {}],
  huber: ({ delta }) => ['Huber', { delta: new Float(delta) }],
};

const lossOf = <Name extends LossName>(loss: Extract<LossConfig, { name: Name }>) =>
  losses[loss.name as Name](loss);

/**
 * Returns what `load_model` compiles a model with: the optimizer at its learning rate, without a schedule, the loss, and
 * accuracy; undefined where Keras has no such optimizer in all versions.
 *
 * @param isLogits Whether the model ends without a softmax.
 */
export const compileConfigOf = (
  { optimizer, loss }: TrainedWith,
  isLogits: boolean,
): JsonObject | undefined => {
  const formula = optimizers[optimizer.name];
  if (formula === null) return undefined;
  const values = optimizer as unknown as JsonObject;
  const places = Object.entries(formula.settings as Readonly<Record<string, Place<unknown>>>);
  const isKeras = ([setting, place]: (typeof places)[number]): boolean =>
    typeof place === 'string' || values[setting] === place.as;
  if (!places.every(isKeras)) return undefined;
  const config = places.flatMap(([setting, place]) => {
    const value = values[setting];
    // Keras takes a decay of 0 for one.
    if (typeof place !== 'string' || value === null || (setting === 'weightDecay' && value === 0)) return [];
    return [[place, typeof value === 'number' ? new Float(value) : value]];
  });
  const [className, settings] = lossOf(loss);
  const head = loss.name.endsWith('crossentropy') ? { from_logits: isLogits } : {};
  return {
    optimizer: kerasObject('keras.optimizers', formula.className, Object.fromEntries(config)),
    loss: kerasObject('keras.losses', className, { ...head, ...settings }),
    metrics: ['accuracy'],
  };
};

/** Writes JSON in which every {@link Float} has a decimal point, which Python reads a float by. */
export const toPythonJson = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    one instanceof Float ? `@float ${Number.isInteger(one.value) ? one.value.toFixed(1) : one.value}` : one,
  ).replaceAll(/"@float ([^"]+)"/g, '$1');
