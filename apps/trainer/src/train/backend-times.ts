import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { isOwnImages, type RunConfig } from '@dropout-lab/contracts';
import { cacheDirectory, makeFolder, readTextFile, writeDurably } from '@dropout-lab/files/node';
import { z } from 'zod';

/** The seconds that a training step took on each backend, as they are kept in the cache. */
const backendTimes = z.strictObject({
  version: z.literal(1),
  /** The runs that were measured, for people. */
  runs: z.string().max(200),
  /** By the name of the backend's option. */
  stepSeconds: z.strictObject({
    webgpu: z.number().positive().optional(),
    node: z.number().positive().optional(),
    wasm: z.number().positive().optional(),
  }),
});

export type BackendTimes = z.infer<typeof backendTimes>;
export type StepSeconds = BackendTimes['stepSeconds'];

/** Returns the kind of run that is measured, for people: `tutorial, cifar10, batches of 250`. */
export const runsInWords = ({ dataset, batchSize, model }: RunConfig): string =>
  [
    model.preset === 'layers' ? 'own layers' : model.preset,
    isOwnImages(dataset) ? 'own images' : dataset,
    `batches of ${batchSize}`,
  ].join(', ');

const LARGEST_FILE = 4096;

const folder = (): string => join(cacheDirectory(), 'backend-times');

/** @returns Undefined where there are none that can be read: they are measured again then. */
const readFile = async (path: string): Promise<BackendTimes | undefined> => {
  try {
    return backendTimes.parse(JSON.parse(await readTextFile(path, { limit: LARGEST_FILE })));
  } catch {
    return undefined;
  }
};

/** @param key Names the machine, the versions and the kind of run; letters and digits. */
export const readBackendTimes = (key: string): Promise<BackendTimes | undefined> =>
  readFile(join(folder(), `${key}.json`));

/** @throws Error of the file system. */
export const writeBackendTimes = async (key: string, times: BackendTimes): Promise<void> => {
  await makeFolder(folder());
  writeDurably(join(folder(), `${key}.json`), `${JSON.stringify(times, null, 2)}\n`);
};

/** All that are in the cache. */
export const listBackendTimes = async (): Promise<BackendTimes[]> => {
  const names = await readdir(folder()).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).toSorted();
  const found = await Promise.all(files.map((name) => readFile(join(folder(), name))));
  return found.filter((times) => times !== undefined);
};
