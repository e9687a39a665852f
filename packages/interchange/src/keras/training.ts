import {
  type LossConfig,
  type LossName,
  type OptimizerConfig,
  type OptimizerName,
  optimizerSchema,
} from '@dropout-lab/contracts';
import { type JsonObject, kerasObject } from '../objects.ts';

/** The optimizer and the loss that a model was trained with. */
export interface TrainedWith {
  readonly optimizer: OptimizerConfig;
  readonly loss: LossConfig;
}

/** Settings that Keras lacks, with the values by which an optimizer does what Keras's does. */
const lacking: {
  readonly [Name in OptimizerName]?: Partial<Extract<OptimizerConfig, { name: Name }>>;
} = {
  sgd: { momentumForm: 'keras', weightDecayMode: 'decoupled' },
};

/** Keras has them from 3.10 on, and an earlier one could not load the model at all. */
const inNewerVersions: readonly OptimizerName[] = ['muon'];

/** A number that Python must take for a float even where it is whole. */
class Float {
  constructor(readonly value: number) {}
}

/** Keras's class of an optimizer, which is its title. */
const classOf = (optimizer: OptimizerName): string => {
  const member = optimizerSchema.options.find(({ shape }) => shape.name.safeParse(optimizer).success);
  return String(member?.meta()?.title);
};

/** `learningRate` is Keras's `learning_rate`, and `beta1` is `beta_1`. */
const argumentOf = (setting: string): string =>
  setting.replaceAll(/[A-Z]|\d+/g, (part) => `_${part.toLowerCase()}`);

/** The loss `mean_squared_error` is Keras's class `MeanSquaredError`. */
const classOfLoss = (loss: LossName): string =>
  loss.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const argumentsOf = (settings: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(settings).map(([setting, value]) => [
      argumentOf(setting),
      typeof value === 'number' ? new Float(value) : value,
    ]),
  );

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
  const { name, ...settings } = optimizer;
  const ours = (lacking[name] ?? {}) as JsonObject;
  const given = Object.entries(settings as JsonObject);
  const isKeras = given.every(([setting, value]) => !(setting in ours) || ours[setting] === value);
  if (!isKeras || inNewerVersions.includes(name)) return undefined;
  // Keras takes a decay of 0 for one.
  const isLeftOut = (setting: string, value: unknown): boolean =>
    setting in ours || value === null || (setting === 'weightDecay' && value === 0);
  const kept = Object.fromEntries(given.filter(([setting, value]) => !isLeftOut(setting, value)));
  const { name: lossName, ...lossSettings } = loss;
  const head = lossName.endsWith('crossentropy') ? { from_logits: isLogits } : {};
  return {
    optimizer: kerasObject('keras.optimizers', classOf(name), argumentsOf(kept)),
    loss: kerasObject('keras.losses', classOfLoss(lossName), { ...head, ...argumentsOf(lossSettings) }),
    metrics: ['accuracy'],
  };
};

/** Writes JSON in which every {@link Float} has a decimal point, which Python reads a float by. */
export const toPythonJson = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    one instanceof Float ? `@float ${Number.isInteger(one.value) ? one.value.toFixed(1) : one.value}` : one,
  ).replaceAll(/"@float ([^"]+)"/g, '$1');
