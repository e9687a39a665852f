import { parseWith } from '@dropout-lab/contracts';
import { computed, signal } from '@preact/signals';
import { type Catalogue, catalogueSchema, liveMessageSchema, withMessage } from './runs/catalogue.ts';

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
  const catalogue = parseWith(catalogueSchema, JSON.parse(text), `${base}/catalogue.json`);
  // Drawn in a task of its own, since checking a hundred runs takes one already.
  await new Promise((resolve) => setTimeout(resolve));
  return catalogue;
};

let latest: Catalogue | undefined;
let sampleRuns: Promise<Catalogue> | undefined;

/** Shows the runs of a catalogue, or those of the sample while it has none. */
const showRuns = async (catalogue: Catalogue): Promise<void> => {
  latest = catalogue;
  if (catalogue.runs.length > 0) {
    source.value = { state: 'ready', catalogue, base: RUNS };
    return;
  }
  sampleRuns ??= loadCatalogue(SAMPLE).catch((error: Error) => {
    sampleRuns = undefined;
    throw error;
  });
  const { runs } = await sampleRuns;
  // A first run may have begun meanwhile.
  if (latest === catalogue)
    source.value = { state: 'ready', catalogue: { ...catalogue, runs }, base: SAMPLE };
};

/** @param known The runs at the beginning. */
const follow = (known: Catalogue): void => {
  let catalogue = known;
  const events = new EventSource('live');
  events.onopen = () => {
    connection.value = 'live';
  };
  events.onmessage = ({ data }) => {
    // A connection begins with the catalogue, most often the one that is shown; checking a hundred runs takes a while.
    if (data === `{"kind":"catalogue","catalogue":${unchanged}}`) return;
    unchanged = undefined;
    const message = liveMessageSchema.safeParse(JSON.parse(data));
    if (!message.success) return;
    catalogue = withMessage(catalogue, message.data);
    showRuns(catalogue).catch(showError);
  };
  events.onerror = () => {
    connection.value = 'waiting';
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(() => follow(catalogue), RETRY_MS);
  };
};

/** Whether the runs that ship with the pages are shown. */
export const isSample = computed(() => source.value.state === 'ready' && source.value.base === SAMPLE);

/** Returns the address of the folder of a data set's official files; null where they are not served. */
export const imagesUrlOf = (dataset: string): string | null => {
  const { value } = source;
  const isServed = value.state === 'ready' && value.catalogue.images.includes(dataset);
  return isServed ? new URL(`data/${dataset}`, document.baseURI).href : null;
};
