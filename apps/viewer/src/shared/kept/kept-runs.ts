import { parseWith, type RunConfig, runConfigSchema } from '@dropout-lab/contracts';
import type { OwnDataset } from '@dropout-lab/data';
import { createStore, delMany, get, getMany, keys, set, setMany } from 'idb-keyval';
import { z } from 'zod';

/** The files of a run's directory by path. */
export type KeptFiles = Readonly<Record<string, string | Uint8Array>>;

/** A run in training, without its files. */
const keptRunSchema = z.object({
  /** The same for runs that were started together. */
  start: z.string().min(1),
  arm: z.enum(['with', 'without']),
  config: runConfigSchema,
  backend: z.enum(['auto', 'webgpu', 'webgl', 'wasm', 'cpu']),
  /** Number of runs that were started together. */
  runs: z.number().int().min(1),
  /** Epochs that are in the files. */
  epoch: z.number().int().min(0),
  hasEnded: z.boolean(),
  /** Milliseconds since 1970. */
  savedAt: z.number(),
});

/** A run that is trained on a page, as the browser keeps it in case that the page is left. */
export interface KeptRun extends z.output<typeof keptRunSchema> {
  readonly config: RunConfig;
}

/** Made when it is first used: Node and some browsers' private windows have no IndexedDB. */
let opened: ReturnType<typeof createStore> | undefined;
const store = (): ReturnType<typeof createStore> => {
  opened ??= createStore('dropout-lab', 'runs-in-training');
  return opened;
};

const aboutKey = ({ start, arm }: Pick<KeptRun, 'start' | 'arm'>): string => `${start}/${arm}/about`;
const filesKey = ({ start, arm }: Pick<KeptRun, 'start' | 'arm'>): string => `${start}/${arm}/files`;

/** Keeps a run, and its files as far as it has some, in one transaction. @throws A DOMException where the browser has no room. */
export const keepRun = async (run: KeptRun, files?: KeptFiles): Promise<void> => {
  if (files === undefined) await set(aboutKey(run), run, store());
  else
    await setMany(
      [
        [aboutKey(run), run],
        [filesKey(run), files],
      ],
      store(),
    );
};

/** Returns the files of a kept run; undefined before its first checkpoint. */
export const keptFilesOf = (run: Pick<KeptRun, 'start' | 'arm'>): Promise<KeptFiles | undefined> =>
  get<KeptFiles>(filesKey(run), store());

const imagesKey = (start: string): string => `${start}/images`;

/** Keeps the user's own images that runs are trained on. @throws A DOMException where the browser has no room. */
export const keepImages = (start: string, images: OwnDataset): Promise<void> =>
  set(imagesKey(start), images, store());

/** Returns the images that were kept with runs; undefined where they were trained on a known data set. */
export const keptImagesOf = (start: string): Promise<OwnDataset | undefined> =>
  get<OwnDataset>(imagesKey(start), store());

/** Returns all runs that are kept, without those that cannot be read, of another version, say. */
export const keptRuns = async (): Promise<KeptRun[]> => {
  const about = (await keys<string>(store())).filter((key) => key.endsWith('/about'));
  return (await getMany<unknown>(about, store())).flatMap((value, i) => {
    try {
      return [parseWith(keptRunSchema, value, about[i]!)];
    } catch {
      return [];
    }
  });
};

/** Forgets the runs that were started together. */
export const forgetStart = async (start: string): Promise<void> => {
  const own = (await keys<string>(store())).filter((key) => key.startsWith(`${start}/`));
  await delMany(own, store());
};
