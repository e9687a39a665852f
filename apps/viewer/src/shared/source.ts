import { type DatasetChoice, datasetKey, isOwnImages, parseWith } from '@dropout-lab/contracts';
import { batch, computed, signal } from '@preact/signals';
import { nextTask } from './in-slices.ts';
import {
  type Catalogue,
  DIGEST_FILE,
  digestSchema,
  isCorrupt,
  type LiveMessage,
  liveMessageSchema,
  parseCatalogue,
  type RunDigest,
  type RunOverview,
  withMessage,
  withMessageIn,
} from './runs/catalogue.ts';
import { givenRuns } from './runs/given-runs.ts';
import { summaryOf } from './runs/summary.ts';

/** The runs, once they are loaded; `base` is the address of their folder. */
type Source =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'ready'; readonly catalogue: Catalogue; readonly base: string };

/** The state of the connection: changes come in, the server is unreachable, or the runs are files that do not change. */
export type Connection = 'live' | 'waiting' | 'files';

export const source = signal<Source>({ state: 'loading' });
export const connection = signal<Connection>('files');

/** The folder of the runs that ship with the pages, which are shown where there are no others. */
const SAMPLE = 'sample';
const RUNS = 'runs';

/** Time until a failed connection is tried again, where the browser has given up. */
const RETRY_MS = 1000;

/** Loads the runs beside the page, and follows them where a server sends changes. */
export const connectSource = async (): Promise<void> => {
  try {
    const catalogue = await loadCatalogue(RUNS);
    if (catalogue.live) follow(catalogue);
    await showRuns(catalogue);
  } catch (error) {
    showError(error as Error);
  }
};

const showError = ({ message }: Error): void => {
  source.value = { state: 'failed', reason: message };
};

/** The JSON of the catalogue of runs as it was loaded, until something changes. */
let unchanged: string | undefined;

const loadCatalogue = async (base: string): Promise<Catalogue> => {
  const response = await fetch(`${base}/catalogue.json`, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${base}/catalogue.json: HTTP ${response.status}`);
  const text = await response.text();
  if (base === RUNS) unchanged = text;
  const catalogue = await parseCatalogue(JSON.parse(text), `${base}/catalogue.json`);
  // Drawn in a task of its own.
  await nextTask();
  return catalogue;
};

let latest: Catalogue | undefined;
let sampleRuns: Promise<Catalogue> | undefined;

/** The runs that were opened, by name: the catalogue has overviews only. */
export const digests = signal<ReadonlyMap<string, RunDigest>>(new Map());

/** Why a run could not be opened, by its name. */
export const failures = signal<ReadonlyMap<string, string>>(new Map());

/** The revision of each run that was last asked for, whether or not it came, and whether it is still on its way. */
const asked = new Map<string, { readonly revision: number; readonly isPending: boolean }>();

/** Loads the runs that are not loaded as they are by now; meanwhile they are shown as they were. */
export const openRuns = (runs: readonly RunOverview[]): void => {
  for (const { name, run } of runs) {
    if (givenRuns.value.has(name)) continue;
    const last = asked.get(name);
    const known = Math.max(digests.value.get(name)?.revision ?? 0, last?.revision ?? 0);
    if (last?.isPending || known >= run.revision) continue;
    asked.set(name, { revision: run.revision, isPending: true });
    toOpen.push({ name, revision: run.revision });
  }
  openNext();
};

/** A browser has no more connections to one server, and the requests of a hundred runs take a while to be made. */
const MOST_REQUESTS = 6;

let requests = 0;

/** The runs whose turn has not come, the first one first. */
let toOpen: { readonly name: string; readonly revision: number }[] = [];

const openNext = (): void => {
  while (requests < MOST_REQUESTS && toOpen.length > 0) {
    const { name, revision } = toOpen.shift()!;
    requests++;
    void openRun(name, revision).then(() => {
      requests--;
      openNext();
    });
  }
};

/** Loads a run; the promise is never rejected. */
const openRun = async (name: string, revision: number): Promise<void> => {
  const url = fileUrl(name, DIGEST_FILE);
  // A run of the sample may have the name of one of the user's.
  const isWanted = () => url === fileUrl(name, DIGEST_FILE);
  try {
    const response = await fetch(url, { cache: 'no-store' });
    if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
    const digest = parseWith(digestSchema, await response.json(), url);
    if (!isWanted()) return;
    const current = { ...digest, revision: Math.max(digest.revision, revision) };
    // In the task of each run, since those of a hundred in one would be long.
    summaryOf(current);
    asked.set(name, { revision, isPending: false });
    batch(() => {
      digests.value = new Map([...digests.value, [name, current]]);
      failures.value = new Map([...failures.value].filter(([failed]) => failed !== name));
    });
  } catch (error) {
    if (!isWanted()) return;
    asked.set(name, { revision, isPending: false });
    failures.value = new Map([...failures.value, [name, (error as Error).message]]);
  }
};

/** Returns the address of a run's file. */
export const fileUrl = (name: string, file: string): string => {
  const given = givenRuns.value.get(name);
  if (given) return given.urls.get(file) ?? file;
  const base = source.value.state === 'ready' ? source.value.base : RUNS;
  return `${base}/${name.split('/').map(encodeURIComponent).join('/')}/${file}`;
};

/** Shows the runs of a catalogue, or those of the sample while it has none. */
const showRuns = async (catalogue: Catalogue): Promise<void> => {
  latest = catalogue;
  if (catalogue.runs.length > 0) {
    if (isSample.value) forgetOpened();
    source.value = { state: 'ready', catalogue, base: RUNS };
    return;
  }
  sampleRuns ??= loadCatalogue(SAMPLE).catch((error: Error) => {
    sampleRuns = undefined;
    throw error;
  });
  const { runs } = await sampleRuns;
  // A first run may have begun meanwhile.
  if (latest !== catalogue) return;
  if (!isSample.value) forgetOpened();
  source.value = { state: 'ready', catalogue: { ...catalogue, runs }, base: SAMPLE };
};

const forgetOpened = (): void => {
  asked.clear();
  toOpen = [];
  digests.value = new Map();
  failures.value = new Map();
};

/** Returns a message of the server's; undefined for one of a kind that this page does not know. */
const messageIn = async (data: string): Promise<LiveMessage | undefined> => {
  const message = liveMessageSchema.safeParse(JSON.parse(data));
  if (!message.success) return undefined;
  if (message.data.kind !== 'catalogue') return message.data;
  try {
    return { kind: 'catalogue', catalogue: await parseCatalogue(message.data.catalogue, 'live') };
  } catch {
    return undefined;
  }
};

/** @param known The runs at the beginning. */
const follow = (known: Catalogue): void => {
  let catalogue = known;
  const events = new EventSource('live');
  events.onopen = () => {
    connection.value = 'live';
  };
  /** Messages are taken one after the other, though a catalogue takes several tasks. */
  let taken = Promise.resolve();
  events.onmessage = ({ data }) => {
    // A connection begins with the catalogue, most often the one that is shown.
    if (data === `{"kind":"catalogue","catalogue":${unchanged}}`) return;
    unchanged = undefined;
    taken = taken.then(() => take(data));
  };
  const take = async (data: string): Promise<void> => {
    const change = await messageIn(data);
    if (change === undefined) return;
    catalogue = withMessage(catalogue, change);
    batch(() => {
      if (change.kind === 'catalogue') asked.clear();
      if (change.kind === 'events' && digests.value.has(change.run.name))
        digests.value = new Map([...digests.value].map(([name, one]) => [name, withMessageIn(one, change)]));
      showRuns(catalogue).catch(showError);
    });
  };
  events.onerror = () => {
    connection.value = 'waiting';
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(() => follow(catalogue), RETRY_MS);
  };
};

/** Whether the runs that ship with the pages are shown. */
export const isSample = computed(() => source.value.state === 'ready' && source.value.base === SAMPLE);

/** Returns the address of the folder of a data set's files; null where they are not served. */
export const imagesUrlOf = (dataset: DatasetChoice): string | null => {
  const { value } = source;
  if (value.state !== 'ready' || !isServed(dataset, value.catalogue)) return null;
  return new URL(`data/${datasetKey(dataset)}`, document.baseURI).href;
};

const isServed = (dataset: DatasetChoice, { images, runs }: Catalogue): boolean => {
  if (!isOwnImages(dataset)) return images.includes(dataset);
  const key = datasetKey(dataset);
  return runs.some(
    (one) => !isCorrupt(one) && one.run.hasImages && datasetKey(one.run.manifest.config.dataset) === key,
  );
};
