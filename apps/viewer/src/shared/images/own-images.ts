import type { LoadedDataset } from '@dropout-lab/data';
import { signal } from '@preact/signals';

/** The user's own images that were decoded on this page, by the digest of their data set. */
export const imagesHere = signal<ReadonlyMap<string, LoadedDataset>>(new Map());
