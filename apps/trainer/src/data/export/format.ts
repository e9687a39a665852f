import type { OwnImages } from '@dropout-lab/contracts';

/** The splits of images, in the order in which they are stored. */
export type ExportedSplit = 'train' | 'validation' | 'test';

/** Prepared images to be written in another format. */
export interface ImagesToExport {
  readonly images: OwnImages;
  /** How many images each split has, and the place of its first. */
  readonly splits: readonly {
    readonly split: ExportedSplit;
    readonly first: number;
    readonly count: number;
  }[];
  /** Yields images of a split, one after the other. */
  readonly read: (split: ExportedSplit) => AsyncIterable<ExportedImage>;
}

/** An image to be written. */
export interface ExportedImage {
  /** uint8 [height, width, channels]. */
  readonly pixels: Uint8Array;
  readonly label: number;
  /** Its number in its split, from 0. */
  readonly number: number;
}

/** A format that images can be written in. */
export interface ImagesFormat {
  /** One phrase, for help. */
  readonly description: string;
  /** @throws ConfigError when the format cannot have such images; nothing has been read then. */
  readonly require: (images: OwnImages) => void;
  /** Loads the function that writes the files into a folder, each synced, and returns how to use them. */
  readonly load: () => Promise<(folder: string, data: ImagesToExport) => Promise<readonly string[]>>;
}
