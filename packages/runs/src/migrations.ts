import { isPlain, type MigrationStep, type NamedArray, type RunConfig } from '@dropout-lab/contracts';

/** The names in version 1 of the run's own callbacks, which came after the user's. */
const ownCallbacks = ['csv_logger', 'best_checkpoint'];

/**
 * Version 1 kept the states of callbacks in a list, in the order of the callbacks: those of the configuration, in Node
 * and in the page the CSV log, and the best checkpoint. The CSV log is derived from the events now.
 */
const callbacksByName =
  ({ callbacks }: Pick<RunConfig, 'callbacks'>): MigrationStep =>
  (state) => {
    const { progress, slots } = state;
    if (!isPlain(progress) || !Array.isArray(progress['callbacks'])) return state;
    const states: unknown[] = progress['callbacks'];
    const names = namesOf(
      callbacks.map(({ name }) => name),
      states.length,
    );
    const entries = states.map((data, i) => [names[i]!, data] as const);
    return {
      ...state,
      progress: {
        ...progress,
        callbacks: Object.fromEntries(entries.filter(([name]) => name !== 'csv_logger')),
      },
      slots: Array.isArray(slots) ? slots.map((slot) => renamed(slot as NamedArray, names)) : slots,
    };
  };

const namesOf = (configured: readonly string[], count: number): string[] => {
  const own = ownCallbacks.slice(configured.length + ownCallbacks.length - count);
  const names = [...configured, ...own];
  if (names.length !== count) {
    // A program's own callbacks, whose names are unknown; the last one is always the best checkpoint.
    return Array.from({ length: count }, (_, i) =>
      i === count - 1 ? 'best_checkpoint' : (configured[i] ?? `callback_${i}`),
    );
  }
  const seen = new Map<string, number>();
  return names.map((name) => {
    const place = seen.get(name) ?? 0;
    seen.set(name, place + 1);
    return place === 0 ? name : `${name}_${place}`;
  });
};

/** Arrays that callbacks kept were named by place: `callback/0/conv2d/kernel`. */
const renamed = (slot: NamedArray, names: readonly string[]): NamedArray => {
  const [, place, rest] = /^callback\/(\d+)\/(.*)$/.exec(slot.name) ?? [];
  return place === undefined ? slot : { ...slot, name: `callback/${names[Number(place)]}/${rest}` };
};

/** Version 2 did not say with what the checkpoint was trained, and had no digest of itself. */
const withoutRun: MigrationStep = (state) => ({ ...state, run: null });

/** Of `state.json`. */
export const stateSteps = (config: Pick<RunConfig, 'callbacks'>): readonly MigrationStep[] => [
  callbacksByName(config),
  withoutRun,
];
