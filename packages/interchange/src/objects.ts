import { InterchangeError } from './errors.ts';

/** An object of a JSON text. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** Whether a value of a JSON text is an object. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Returns what a table of ours has under a key of a file's; undefined for what is on every object, such as `constructor`. */
export const ownValue = <Value>(table: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

const LONGEST = 60;

/** A value of a JSON text as it is shown in messages, cut where it is long. */
export const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
};

/** Returns an object of Keras as its archives have it: a class of a public module, and its arguments. */
export const kerasObject = (module: string, className: string, config: JsonObject) => ({
  module,
  class_name: className,
  config,
  registered_name: null,
});

/** A class of Keras's and its arguments. */
export interface KerasObject {
  readonly className: string;
  readonly config: JsonObject;
}

/**
 * Reads an object of Keras's own, of whichever module.
 *
 * @param where The place of the object, which errors begin with.
 * @throws InterchangeError when it is none, or of a class of the user's own.
 */
export const readKerasObject = (value: unknown, where: string): KerasObject => {
  if (!isObject(value) || typeof value['class_name'] !== 'string' || !isObject(value['config'])) {
    throw new InterchangeError(`${where}: expected an object of Keras's, found ${shown(value)}`);
  }
  const { module, class_name: className, config, registered_name: registered } = value;
  const isOfKeras = typeof module === 'string' && (module === 'keras' || module.startsWith('keras.'));
  if (!isOfKeras || (registered !== null && registered !== undefined && registered !== className)) {
    throw new InterchangeError(
      `${where}: expected a class of Keras's, found ${shown(registered ?? className)}${isOfKeras ? '' : ` of the module ${shown(module)}`}: replace it with one of Keras's own and save the model again`,
    );
  }
  return { className, config: config as JsonObject };
};

/** @throws InterchangeError unless a value is equal to one of those that are expected. */
export const requireOneOf = (value: unknown, expected: readonly unknown[], where: string): void => {
  if (expected.some((one) => JSON.stringify(one) === JSON.stringify(value))) return;
  const others = expected.map(shown).join(' or ');
  throw new InterchangeError(
    `${where}: expected ${others}, found ${shown(value)}: dropout-lab has layers without that setting`,
  );
};
