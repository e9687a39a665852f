import type { EpochLogs, NamedArray, Snapshot } from '@dropout-lab/contracts';
import { TrainingError } from '../errors.ts';
import type { Metric } from '../metrics/metric.ts';
import type { Callback } from './callback.ts';

/** A callback, and the key of its state in a snapshot. */
export interface KeyedCallback {
  /** The callback's name; of the second of a name `<name>_1`. */
  readonly key: string;
  readonly callback: Callback;
}

/** Gives each callback a key of its own. */
export const withKeys = (callbacks: readonly Callback[]): KeyedCallback[] => {
  const taken = new Set<string>();
  return callbacks.map((callback) => {
    if (typeof callback?.name !== 'string') {
      throw new TrainingError(
        'callbacks: expected every callback to have a name, found one without: see Callback',
      );
    }
    let key = callback.name;
    for (let number = 1; taken.has(key); number++) key = `${callback.name}_${number}`;
    taken.add(key);
    return { key, callback };
  });
};

/** @throws TrainingError when a callback watches a metric that is not measured: it would never do anything. */
export const requireMonitors = (
  callbacks: readonly KeyedCallback[],
  {
    validation,
    metrics = [],
  }: { readonly validation?: object | undefined; readonly metrics?: readonly Metric[] | undefined },
): void => {
  const measured = ['loss', 'accuracy', ...metrics.map(({ name }) => name)];
  const known = [...measured, ...(validation ? measured.map((name) => `val_${name}`) : [])];
  for (const { key, callback } of callbacks) {
    const { monitor } = callback;
    if (monitor === undefined || known.includes(monitor)) continue;
    const isOfValidation = !validation && measured.includes(monitor.replace(/^val_/, ''));
    throw new TrainingError(
      `callbacks: ${key}: expected a metric that is measured (${known.join(', ')}), found ${monitor}${isOfValidation ? ', and no validation images' : ''}: ${isOfValidation ? `pass some, or watch ${monitor.replace(/^val_/, '')}` : 'watch one of them, or pass it as one of the metrics'}`,
    );
  }
};

/** @throws TrainingError when a callback watches an accuracy that there is not for this loss. */
export const requireMonitored = (key: string, { monitor }: Callback, logs: EpochLogs): void => {
  if (monitor === undefined || logs[monitor] !== undefined) return;
  throw new TrainingError(
    `callbacks: ${key}: expected a metric that is measured (${Object.keys(logs).join(', ')}), found ${monitor}: watch one of them, or pass it as one of the metrics`,
  );
};

/** The prefix of the names of a callback's arrays among a snapshot's slots. */
const PREFIX = 'callback/';
const prefixOf = (key: string): string => `${PREFIX}${key}/`;

/** Whether an array among a snapshot's slots is a callback's. */
export const isOfCallback = ({ name }: NamedArray): boolean => name.startsWith(PREFIX);

/** Returns the states of callbacks, as a snapshot keeps them: arrays among its slots, plain data in its progress. */
export const readStates = (
  callbacks: readonly KeyedCallback[],
): { readonly slots: NamedArray[]; readonly data: Record<string, unknown> } => {
  const slots: NamedArray[] = [];
  const data: Record<string, unknown> = {};
  for (const { key, callback } of callbacks) {
    const state = callback.readState?.();
    if (!state) continue;
    data[key] = state.data;
    for (const array of state.arrays ?? []) slots.push({ ...array, name: prefixOf(key) + array.name });
  }
  return { slots, data };
};

/** Restores the states of callbacks from a snapshot. A callback without one in it starts afresh. */
export const writeStates = (
  callbacks: readonly KeyedCallback[],
  { slots, progress: { callbacks: states } }: Snapshot,
): void => {
  for (const { key, callback } of callbacks) {
    if (!Object.hasOwn(states, key)) continue;
    const prefix = prefixOf(key);
    const arrays = slots
      .filter(({ name }) => name.startsWith(prefix))
      .map((array) => ({ ...array, name: array.name.slice(prefix.length) }));
    callback.writeState?.({ data: states[key], arrays });
  }
};
