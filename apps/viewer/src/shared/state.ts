import { computed, effect, signal } from '@preact/signals';
import { addressOf, defaultView, parseAddress, type View } from './address.ts';
import type { Loaded } from './controls/use-loaded.ts';
import { armNames, withNames } from './runs/arm-names.ts';
import { type Arm, armsOf } from './runs/arms.ts';
import { type CorruptRun, isCorrupt, type RunOverview } from './runs/catalogue.ts';
import { givenRuns } from './runs/given-runs.ts';
import type { StudyInfo } from './runs/studies.ts';
import { withTitles } from './runs/study-titles.ts';
import { differsInStepsOnly, type Summary, summaryOf } from './runs/summary.ts';
import { digests, failures, isSample, openRuns, source } from './source.ts';

/** The view that the page shows: the address as an object. */
export const view = signal<View>(parseAddress(location.hash));

addEventListener('hashchange', () => {
  view.value = parseAddress(location.hash);
});

/**
 * Changes the view; the browser's Back returns from another page, and not from another setting.
 *
 * @param isStep Back returns from this change, too.
 */
export const show = (changes: Partial<View>, isStep = false): void => {
  const before = view.value;
  const next = { ...before, ...changes };
  const address = addressOf(next);
  // First: some browsers refuse to change an address more often than a hundred times in half a minute.
  view.value = next;
  const isSetting = next.page === before.page && changes.runs === undefined && !isStep;
  if (isSetting) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
};

/** The settings that every link keeps, each by itself: what has links is not drawn again when something else changes. */
const kept = {
  backend: computed(() => view.value.backend),
  arms: computed(() => view.value.arms),
  values: computed(() => view.value.values),
};

/** Returns the address of another view for a link; it keeps the settings of the form. */
export const linkTo = (page: View['page'], changes: Partial<View> = {}): string =>
  addressOf({
    ...defaultView,
    page,
    backend: kept.backend.value,
    arms: kept.arms.value,
    values: kept.values.value,
    ...changes,
  });

const given = computed(() => [...givenRuns.value.values()].map(({ digest }) => summaryOf(digest)));

const all = computed((): readonly (RunOverview | CorruptRun)[] =>
  source.value.state === 'ready' ? [...source.value.catalogue.runs, ...given.value] : [],
);

export const corruptRuns = computed(() => all.value.filter((run): run is CorruptRun => isCorrupt(run)));

export const overviews = computed((): readonly RunOverview[] =>
  all.value.filter((run): run is RunOverview => !isCorrupt(run)),
);

/** Identifies the runs and their configurations, which change less often than their events. */
const armsKey = computed(() =>
  overviews.value.map(({ name, run }) => `${name}\0${run.manifest.id}`).join('\n'),
);

const armsBySettings = computed((): ReadonlyMap<string, Arm> => {
  // Only when the runs change: the arms of a hundred runs are not compared again at each step of one.
  armsKey.value;
  return armsOf(overviews.peek().map(({ run }) => run));
});

/** The studies that the runs are of. */
export const studies = computed((): readonly StudyInfo[] =>
  source.value.state === 'ready' && !isSample.value
    ? (source.value.catalogue.studies ?? noStudies)
    : noStudies,
);

/** The same list each time, so that nothing is drawn again. */
const noStudies: readonly StudyInfo[] = [];

/** The arm of each run by the run's name. */
export const arms = computed(() =>
  withNames(withTitles(armsBySettings.value, studies.value), armNames.value),
);

/** The runs whose curves the page draws, as far as they are there: of Compare those of the address, or all where it has none. */
const drawn = computed((): readonly RunOverview[] => {
  const { page, runs } = view.value;
  if (page !== 'compare' && page !== 'run') return [];
  if (page === 'compare' && runs.length === 0) return overviews.value;
  const byName = new Map(overviews.value.map((overview) => [overview.name, overview]));
  return (page === 'run' ? runs.slice(0, 1) : runs).flatMap((name) => byName.get(name) ?? []);
});

effect(() => openRuns(drawn.value));

/** The runs whose curves the page draws: not before all of them are loaded. */
export const drawnRuns = computed((): Loaded<readonly Summary[]> => {
  if (drawn.value.length === 0) return { state: 'none' };
  const found = drawn.value.map(({ name }) => givenRuns.value.get(name)?.digest ?? digests.value.get(name));
  const reason = drawn.value.map(({ name }, i) => found[i] ?? failures.value.get(name));
  const failed = reason.find((one) => typeof one === 'string');
  if (failed !== undefined) return { state: 'failed', reason: failed };
  if (found.includes(undefined)) return { state: 'loading' };
  return { state: 'ready', value: found.map((digest) => summaryOf(digest!)) };
});

let steady: readonly Summary[] = [];

/** The same list as before while there are only new steps, which change no curve and no metric. */
export const steadily = (now: readonly Summary[]): readonly Summary[] => {
  const isSame =
    now.length === steady.length && now.every((summary, i) => differsInStepsOnly(summary, steady[i]!));
  if (!isSame) steady = now;
  return steady;
};
