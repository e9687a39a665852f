import type { ImageDataset } from '@dropout-lab/contracts';

/** How many images of each split are loaded, the first ones; all of them where it is null or left out, or there are fewer. */
export interface ImageLimits {
  readonly train?: number | null | undefined;
  readonly test?: number | null | undefined;
}

/** A loaded data set: its images, and where they came from. */
export interface LoadedDataset {
  readonly train: ImageDataset;
  readonly test: ImageDataset;
  /** SHA-256 in hex of each file that it was decoded from, by file name. */
  readonly sha256: Readonly<Record<string, string>>;
  readonly source: 'directory' | 'cache' | 'npm' | 'archive' | 'url' | 'sample' | 'drawn';
}
