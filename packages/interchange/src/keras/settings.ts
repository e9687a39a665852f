import type {
  ActivationName,
  ConstraintConfig,
  ConstraintName,
  KernelInitializerName,
  RegularizerConfig,
  RegularizerName,
} from '@dropout-lab/contracts';
import { InterchangeError } from '../errors.ts';
import { isObject, type JsonObject, kerasObject, readKerasObject, requireOneOf, shown } from '../objects.ts';

/** How the value of a setting is written into Keras's configuration of a layer, and read from one. */
export interface Codec<Value> {
  /** @param where The layer and the setting, which errors begin with. @throws InterchangeError when Keras has no such value. */
  readonly write: (value: Value, where: string) => unknown;
  /** Returns the value for the schema of layers, or undefined for its default. @throws InterchangeError when we have no such value. */
  readonly read: (value: unknown, where: string, note: (text: string) => void) => unknown;
}

/** A value that is the same in both. */
export const same: Codec<unknown> = { write: (value) => value, read: (value) => value };

/** One length for the height and the width. */
export const square: Codec<number> = {
  write: (length) => [length, length],
  read: (lengths, where) => {
    if (!Array.isArray(lengths)) return lengths;
    if (lengths.length === 2 && lengths[0] === lengths[1]) return lengths[0];
    throw new InterchangeError(
      `${where}: expected one length for height and width, found ${shown(lengths)}: dropout-lab has square windows`,
    );
  },
};

/** {@link square}, or null for that of the window, which Keras writes out. */
export const strides: Codec<number | null> = {
  write: (length) => (length === null ? null : [length, length]),
  read: (value, where, note) => (value === null ? null : square.read(value, where, note)),
};

/** The names of activations in Keras, where it has a name for them. */
const activationNames: { readonly [Name in ActivationName]: string | null } = {
  linear: 'linear',
  relu: 'relu',
  softmax: 'softmax',
  leaky_relu: 'leaky_relu',
  elu: 'elu',
  selu: 'selu',
  silu: 'silu',
  gelu: 'gelu',
  // A function with another argument than its default.
  gelu_approximate: null,
  softplus: 'softplus',
  tanh: 'tanh',
};

/** An activation by its name. */
export const activation: Codec<ActivationName> = {
  write: (name, where) => {
    const found = activationNames[name];
    if (found !== null) return found;
    throw new InterchangeError(
      `${where}: expected an activation that Keras has by a name, received ${name}, which it has only as a function with an argument: export the weights instead, by --format keras-weights`,
    );
  },
  read: (value, where) => {
    const name = value === 'swish' ? 'silu' : value;
    if (name === null) return 'linear';
    if (typeof name === 'string' && Object.hasOwn(activationNames, name)) return name;
    throw new InterchangeError(
      `${where}: expected one of the activations ${Object.keys(activationNames).join(', ')}, found ${shown(isObject(value) ? (value['config'] ?? value) : value)}`,
    );
  },
};

/** Keras's classes of initializers. Those that it lacks are written as the distribution that they begin with. */
const initializers: { readonly [Name in KernelInitializerName]: readonly [string, JsonObject] } = {
  glorot_uniform: ['GlorotUniform', {}],
  he_uniform: ['HeUniform', {}],
  lecun_uniform: ['LecunUniform', {}],
  glorot_normal: ['GlorotNormal', {}],
  he_normal: ['HeNormal', {}],
  lecun_normal: ['LecunNormal', {}],
  pytorch_uniform: ['VarianceScaling', { scale: 1 / 3, mode: 'fan_in', distribution: 'uniform' }],
  partial_dirac: ['VarianceScaling', { scale: 1 / 3, mode: 'fan_in', distribution: 'uniform' }],
  whitening: ['VarianceScaling', { scale: 1 / 3, mode: 'fan_in', distribution: 'uniform' }],
};

/** The initializers that Keras has by another name, or in part. */
export const lackingInitializers: readonly KernelInitializerName[] = ['partial_dirac', 'whitening'];

/** An initializer of a kernel. It matters to a training from the start alone, so that one that we lack is left out. */
export const initializer: Codec<KernelInitializerName> = {
  write: (name) => kerasObject('keras.initializers', ...initializers[name]),
  read: (value, where, note) => {
    if (value === null) return undefined;
    const { className, config } = readKerasObject(value, where);
    const isLike = (arguments_: JsonObject): boolean =>
      Object.entries(arguments_).every(([key, one]) => config[key] === one);
    const found = Object.entries(initializers).find(([, [name, own]]) => name === className && isLike(own));
    if (found === undefined) {
      note(`${where}: ${className} is left out, which matters only when training from the start`);
    }
    return found?.[0];
  },
};

type ConstraintOf<Name extends ConstraintName> = Extract<ConstraintConfig, { name: Name }>;

const constraintClasses: {
  readonly [Name in ConstraintName]: {
    readonly className: string;
    readonly settings: { readonly [Setting in Exclude<keyof ConstraintOf<Name>, 'name'>]: string };
  };
} = {
  max_norm: { className: 'MaxNorm', settings: { maxValue: 'max_value', axis: 'axis' } },
  unit_norm: { className: 'UnitNorm', settings: { axis: 'axis' } },
};

type RegularizerOf<Name extends RegularizerName> = Extract<RegularizerConfig, { name: Name }>;

const regularizerClasses: {
  readonly [Name in RegularizerName]: {
    readonly className: string;
    readonly settings: { readonly [Setting in Exclude<keyof RegularizerOf<Name>, 'name'>]: string };
  };
} = {
  l1: { className: 'L1', settings: { l1: 'l1' } },
  l2: { className: 'L2', settings: { l2: 'l2' } },
  l1_l2: { className: 'L1L2', settings: { l1: 'l1', l2: 'l2' } },
};

/** A member of a family, or null for none, as an object of Keras's with the same settings under other names. */
const memberOf = (
  module: string,
  classes: Readonly<Record<string, { readonly className: string; readonly settings: object }>>,
): Codec<{ readonly name: string } | null> => ({
  write: (member) => {
    if (member === null) return null;
    const { className, settings } = classes[member.name]!;
    const values = member as unknown as JsonObject;
    const config = Object.entries(settings).map(([ours, keras]) => [keras as string, values[ours]]);
    return kerasObject(module, className, Object.fromEntries(config));
  },
  read: (value, where) => {
    if (value === null) return null;
    const { className, config } = readKerasObject(value, where);
    const found = Object.entries(classes).find(([, member]) => member.className === className);
    if (found === undefined) {
      const known = Object.values(classes).map((member) => member.className);
      throw new InterchangeError(
        `${where}: expected ${known.join(' or ')}, found ${className}: dropout-lab has nothing like it`,
      );
    }
    const [name, { settings }] = found;
    const entries = Object.entries(settings).map(([ours, keras]) => [ours, config[keras as string]]);
    for (const key of Object.keys(config)) {
      if (Object.values(settings).includes(key)) continue;
      requireOneOf(config[key], [null], `${where}: ${key}`);
    }
    return { name, ...Object.fromEntries(entries) };
  },
});

/** The constraint of a kernel. */
export const constraint = memberOf('keras.constraints', constraintClasses);
/** The penalty of a kernel. */
export const regularizer = memberOf('keras.regularizers', regularizerClasses);

/** One number for all channels, or one for each; Keras has mean and variance as lists of the same length. */
export const perChannel: Codec<number | readonly number[]> = {
  write: (numbers) => numbers,
  read: (numbers, where) => {
    // Keras writes a list for each axis that is kept.
    const flat = Array.isArray(numbers) ? numbers.flat(Number.POSITIVE_INFINITY) : numbers;
    if (flat !== null && flat !== undefined) return flat;
    throw new InterchangeError(
      `${where}: expected a number or a list of one for each channel, found none: a Normalization that was adapted to data has them among its weights; give them to the layer as its arguments`,
    );
  },
};
