import { ConfigError } from '@dropout-lab/contracts';
import { PictureError, requirePictureBytes } from '../pictures/decoding/decoded-picture.ts';
import {
  type Picture,
  type PictureSource,
  type PictureSplit,
  type SkippedFile,
  spreadOver,
} from '../pictures/prepare-pictures.ts';
import type { ParquetImages, RowGroup } from './parquet-images.ts';

/** An opened Parquet file, and the split that its pictures are for. */
export interface NamedParquet {
  readonly name: string;
  readonly split: PictureSplit;
  readonly images: ParquetImages;
}

/** A group of rows among those of all files. */
interface PlacedGroup {
  readonly first: number;
  readonly file: NamedParquet;
  readonly group: RowGroup;
  readonly labels: Uint16Array;
}

/**
 * Returns the pictures of Parquet files, row by row. The pictures of one group of rows are in memory at a time, of two where
 * one ends and the next begins.
 *
 * @param skipped Files that are not used.
 * @throws ConfigError when the files have different classes, or a label is none of a class.
 */
export const picturesOfParquet = async (
  title: string,
  files: readonly NamedParquet[],
  skipped: readonly SkippedFile[] = [],
): Promise<PictureSource> => {
  const { classNames } = files[0]!.images;
  const groups: PlacedGroup[] = [];
  let count = 0;
  for (const file of files) {
    requireSameNames(file, files[0]!);
    for (const group of file.images.groups) {
      groups.push({ first: count, file, group, labels: await group.labels() });
      count += group.rows;
    }
  }
  let loaded: { readonly of: PlacedGroup; readonly pictures: ReturnType<RowGroup['pictures']> } | undefined;
  const picturesOf = (of: PlacedGroup): ReturnType<RowGroup['pictures']> => {
    if (loaded?.of !== of) {
      loaded = { of, pictures: of.group.pictures() };
      // Whoever asks for a picture gets the error.
      loaded.pictures.catch(() => {});
    }
    return loaded.pictures;
  };
  return {
    title,
    classNames,
    count,
    picture: (index): Picture => {
      const placed = groupAt(groups, index);
      const row = index - placed.first;
      return {
        file: `${placed.file.name} row ${placed.group.firstRow + row}`,
        label: placed.labels[row]!,
        split: placed.file.split,
        read: async () => {
          const bytes = (await picturesOf(placed))[row];
          if (bytes === null || bytes === undefined) throw new PictureError('it has no bytes');
          requirePictureBytes(bytes.length);
          return bytes;
        },
      };
    },
    // Others would have to be read with all of their group.
    samples: spreadOver(groups[0]!.group.rows),
    skipped,
    remedy: 'leave its name out of the metadata',
  };
};

/** The last group that begins at a place or before. */
const groupAt = (groups: readonly PlacedGroup[], index: number): PlacedGroup => {
  let [low, high] = [0, groups.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (groups[middle]!.first <= index) low = middle;
    else high = middle - 1;
  }
  return groups[low]!;
};

const requireSameNames = ({ name, images }: NamedParquet, first: NamedParquet): void => {
  const [found, expected] = [images.classNames, first.images.classNames];
  if (found.length === expected.length && found.every((one, label) => one === expected[label])) return;
  const label = expected.findIndex((one, i) => one !== found[i]);
  throw new ConfigError(
    `${name}: expected the classes of ${first.name}, ${label < 0 ? `${expected.length} of them` : `${expected[label]} as number ${label}`}, found ${label < 0 ? found.length : (found[label] ?? 'none')}: give files of one data set`,
  );
};
