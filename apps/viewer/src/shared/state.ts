import { computed, signal } from '@preact/signals';
import { addressOf, defaultView, parseAddress, type View } from './address.ts';
import { type Arm, armsOf } from './runs/arms.ts';
import { type CorruptRun, isCorrupt, type RunDigest } from './runs/catalogue.ts';
import { differsInStepsOnly, type Summary, summaryOf } from './runs/summary.ts';
import { source } from './source.ts';

/** The view that the page shows: the address as an object. */
export const view = signal<View>(parseAddress(location.hash));

addEventListener('hashchange', () => {
  view.value = parseAddress(location.hash);
});

/** Changes the view; the browser's Back returns from another page, not from another setting. */
export const show = (changes: Partial<View>): void => {
  const next = { ...view.value, ...changes };
  const address = addressOf(next);
  if (next.page === view.value.page && changes.runs === undefined) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  view.value = next;
};

/** Returns the address of another view for a link; it keeps the settings of the form. */
export const linkTo = (page: View['page'], changes: Partial<View> = {}): string => {
  const { backend, arms, values } = view.value;
  return addressOf({ ...defaultView, page, backend, arms, values, ...changes });
};

const all = computed(() => (source.value.state === 'ready' ? source.value.catalogue.runs : []));

export const corruptRuns = computed(() => all.value.filter((run): run is CorruptRun => isCorrupt(run)));

const readable = computed(() => all.value.filter((run): run is RunDigest => !isCorrupt(run)));

export const summaries = computed((): readonly Summary[] => readable.value.map(summaryOf));

/** Identifies the runs and their configurations, which change less often than their events. */
const armsKey = computed(() =>
  readable.value.map(({ name, manifest }) => `${name}\0${manifest.id}`).join('\n'),
);

/** The arm of each run by the run's name. */
export const arms = computed((): ReadonlyMap<string, Arm> => {
  // Only when the runs change: the arms of a hundred runs are not compared again at each step of one.
  armsKey.value;
  return armsOf(readable.peek());
});

/** The runs that the address names, in its order, as far as they are there. */
export const pickedSummaries = computed((): readonly Summary[] =>
  view.value.runs.flatMap((name) => summaries.value.find((summary) => summary.name === name) ?? []),
);

let steady: readonly Summary[] = [];

/**
 * {@link pickedSummaries}, or all where none is picked; the same list as before while there are only new steps,
 * which change no curve and no metric.
 */
export const curveSummaries = computed((): readonly Summary[] => {
  const now = view.value.runs.length > 0 ? pickedSummaries.value : summaries.value;
  const isSame =
    now.length === steady.length && now.every((summary, i) => differsInStepsOnly(summary, steady[i]!));
  if (!isSame) steady = now;
  return steady;
});

/** Returns the address of a run's file. */
export const fileUrl = (name: string, file: string): string => {
  const base = source.value.state === 'ready' ? source.value.base : 'runs';
  return `${base}/${name.split('/').map(encodeURIComponent).join('/')}/${file}`;
};
