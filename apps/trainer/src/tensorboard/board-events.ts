import type { EpochLogs, RunEvent, RunManifest } from '@dropout-lab/contracts';
import type { BoardEvent, BoardSetting } from '@dropout-lab/interchange';
import { dropoutFactorAfter } from '../model/dropout-factor-after.ts';

/** The folder of a run's that an event is written to: TensorBoard draws a curve for each. */
export type BoardFolder = '.' | 'train' | 'validation' | 'test';

/** An event of TensorBoard, and where it is written. */
export interface PlacedEvent extends BoardEvent {
  readonly folder: BoardFolder;
}

/** Returns what is known of a run before its first event: its settings, as a table and as text. */
export const boardBeginning = ({ config, createdAt }: RunManifest, name: string): readonly PlacedEvent[] => {
  const at = { folder: '.', time: Date.parse(createdAt), step: 0 } as const;
  const json = JSON.stringify(config, null, 2).replaceAll(/^/gm, '    ');
  return [
    { ...at, value: { kind: 'settings', name, settings: settingsIn(config) } },
    { ...at, value: { kind: 'text', tag: 'configuration', text: json } },
  ];
};

/** Every setting that is one value, by its path; a list is text. */
const settingsIn = (value: unknown, path = ''): Record<string, BoardSetting> => {
  if (value === null || value === undefined) return {};
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean')
    return { [path]: value };
  if (Array.isArray(value)) return { [path]: JSON.stringify(value) };
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      Object.entries(settingsIn(inner, path === '' ? key : `${path}.${key}`)),
    ),
  );
};

/**
 * Returns a function from a run's events, in their order, to those of TensorBoard, under the names of Keras's callback
 * TensorBoard: `epoch_*` by the number of the epoch, from 0; `batch_*`, and `evaluation_*_vs_iterations` of validation, by
 * the number of updates. The learning rate is among them and, where a schedule changes them, the factor of the dropout rates.
 */
export const boardEvents = ({
  config,
}: Pick<RunManifest, 'config'>): ((event: RunEvent) => readonly PlacedEvent[]) => {
  let lastEpoch = 0;
  const isScheduled = config.dropoutSchedule.name !== 'constant';
  const factorAfter = (step: number) =>
    isScheduled ? { dropout_factor: dropoutFactorAfter(step, config) } : {};
  return (event) => {
    const { time } = event;
    const curves = (
      folder: BoardFolder,
      step: number,
      values: Numbers,
      nameOf: (name: string) => string,
    ): PlacedEvent[] =>
      Object.entries(values).flatMap(([name, value]) =>
        value === undefined
          ? []
          : [{ folder, time, step, value: { kind: 'scalar', tag: nameOf(name), value } as const }],
      );
    switch (event.kind) {
      case 'step': {
        const { step, loss, accuracy, metrics, learningRate } = event;
        const values = { loss, accuracy, ...metrics, learning_rate: learningRate, ...factorAfter(step) };
        return curves('train', step, values, (name) => `batch_${name}`);
      }
      case 'epoch': {
        const { epoch, step, logs, learningRate } = event;
        lastEpoch = epoch - 1;
        const { train, validation } = partsOf(logs);
        const values = { ...train, learning_rate: learningRate, ...factorAfter(step) };
        return [
          ...curves('train', lastEpoch, values, (name) => `epoch_${name}`),
          ...curves('validation', lastEpoch, validation, (name) => `epoch_${name}`),
          ...curves('validation', step, validation, (name) => `evaluation_${name}_vs_iterations`),
        ];
      }
      case 'evaluated': {
        const { loss, accuracy } = event;
        return curves('test', lastEpoch, { loss, accuracy }, (name) => `test_${name}`);
      }
      case 'run-ended': {
        // An interrupted run may go on.
        if (event.reason === 'interrupted') return [];
        const succeeded = event.reason === 'completed' || event.reason === 'early_stopping';
        return [{ folder: '.', time, step: 0, value: { kind: 'end', succeeded } }];
      }
      default:
        return [];
    }
  };
};

type Numbers = Readonly<Record<string, number | undefined>>;

const VALIDATION = 'val_';

const partsOf = (logs: EpochLogs): { readonly train: Numbers; readonly validation: Numbers } => {
  const entries = Object.entries(logs);
  const isValidation = ([name]: readonly [string, unknown]): boolean => name.startsWith(VALIDATION);
  return {
    train: Object.fromEntries(entries.filter((entry) => !isValidation(entry))),
    validation: Object.fromEntries(
      entries.filter(isValidation).map(([name, value]) => [name.slice(VALIDATION.length), value]),
    ),
  };
};
