import { parseWith } from '@dropout-lab/contracts';
import { signal } from '@preact/signals';
import { type Catalogue, catalogueSchema, liveMessageSchema, withMessage } from '../catalogue.ts';

/** The runs as far as they have come in. */
export type Source =
  | { readonly state: 'loading' }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'ready'; readonly catalogue: Catalogue; readonly base: string };

/** What is known of the connection: changes come in, a server is waited for, or files stay as they are. */
export type Connection = 'live' | 'waiting' | 'files';

export const source = signal<Source>({ state: 'loading' });
export const connection = signal<Connection>('files');

/** A failed connection is tried again after this long, where the browser gives up by itself. */
const RETRY_MS = 1000;

/** Loads the runs beside the page, and follows them where a server tells of changes. */
export const connectSource = async (): Promise<void> => {
  source.value = await loadCatalogue('runs').catch((error: Error) => ({
    state: 'failed',
    reason: error.message,
  }));
  if (source.value.state === 'ready' && source.value.catalogue.live) follow();
};

/** The JSON of the catalogue as it was loaded, until something changes. */
let unchanged: string | undefined;

const loadCatalogue = async (base: string): Promise<Source> => {
  const response = await fetch(`${base}/catalogue.json`, { cache: 'no-store' });
  if (!response.ok) throw new Error(`${base}/catalogue.json: HTTP ${response.status}`);
  unchanged = await response.text();
  const catalogue = parseWith(catalogueSchema, JSON.parse(unchanged), `${base}/catalogue.json`);
  // Drawn in a task of its own: to check a hundred runs is one already.
  await new Promise((resolve) => setTimeout(resolve));
  return { state: 'ready', catalogue, base };
};

const follow = (): void => {
  const events = new EventSource('live');
  events.onopen = () => {
    connection.value = 'live';
  };
  events.onmessage = ({ data }) => {
    // A connection begins with the catalogue: most often the very one that is shown, and a hundred runs take a while.
    if (data === `{"kind":"catalogue","catalogue":${unchanged}}`) return;
    unchanged = undefined;
    const message = liveMessageSchema.safeParse(JSON.parse(data));
    const current = source.value;
    if (!message.success || current.state !== 'ready' || current.base !== 'runs') return;
    source.value = { ...current, catalogue: withMessage(current.catalogue, message.data) };
  };
  events.onerror = () => {
    connection.value = 'waiting';
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(follow, RETRY_MS);
  };
};
