import type { BigIntStats, Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { ConfigError } from '@dropout-lab/contracts';
import { liesWithin, systemErrorCode, systemErrorSentence } from '@dropout-lab/files/node';
import { splitNames } from '../pictures/list-pictures.ts';
import type { PictureSplit, SkippedFile } from '../pictures/prepare-pictures.ts';

/** A Parquet file, a part of a data set. */
export interface Shard {
  readonly path: string;
  /** Its path within the folder. */
  readonly file: string;
  readonly split: PictureSplit;
  readonly stats: BigIntStats;
}

/** The Parquet files of a data set. */
export interface ListedShards {
  /** In the order of their splits and names. */
  readonly shards: readonly Shard[];
  readonly skipped: readonly SkippedFile[];
}

const isParquetName = (name: string): boolean => extname(name).toLowerCase() === '.parquet';

/**
 * Lists the Parquet files of a path: the file itself; or those of a folder, as a repository of Hugging Face has them, such
 * as `train-00000-of-00002.parquet`, `data/test-00000-of-00001.parquet` or `train/0000.parquet`, by their splits.
 *
 * @returns Undefined where there is none.
 * @throws ConfigError when they cannot be read.
 */
export const listShards = async (path: string): Promise<ListedShards | undefined> => {
  let root: string;
  let stats: BigIntStats;
  try {
    root = await realpath(path);
    stats = await stat(root, { bigint: true });
  } catch (cause) {
    if (!isParquetName(path)) return undefined;
    throw new ConfigError(systemErrorSentence(cause, path, 'a Parquet file of images'), [], { cause });
  }
  if (!stats.isDirectory()) {
    if (!isParquetName(path) && !isParquetName(root)) return undefined;
    if (!stats.isFile())
      throw new ConfigError(`${path}: expected a Parquet file of images, found no file: give one`);
    return { shards: [{ path: root, file: basename(path), split: 'any', stats }], skipped: [] };
  }
  const found = await shardsIn(root, '');
  const beside: SkippedFile[] = [];
  for (const name of await foldersIn(root)) {
    if (name === 'data' || splitOf(name) !== undefined) found.push(...(await shardsIn(root, name)));
    else if (!name.startsWith('.')) beside.push({ file: name, reason: 'a folder beside Parquet files' });
  }
  if (found.length === 0) return undefined;
  const { shards, skipped } = await inSplits(path, root, found);
  return { shards, skipped: [...skipped, ...beside] };
};

const foldersIn = async (folder: string): Promise<string[]> =>
  (await entriesOf(folder))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();

const entriesOf = (folder: string): Promise<Dirent[]> =>
  readdir(folder, { withFileTypes: true }).catch((cause) => {
    // Said by whoever looks for folders of classes.
    if (systemErrorCode(cause) !== undefined) return [];
    throw cause;
  });

const shardsIn = async (root: string, folder: string): Promise<string[]> =>
  (await entriesOf(join(root, folder)))
    .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && isParquetName(entry.name))
    .map(({ name }) => (folder === '' ? name : `${folder}/${name}`));

/** `train-00000-of-00002.parquet`, `train/0000.parquet`. */
const splitOf = (file: string): PictureSplit | undefined =>
  splitNames[/^(?:data\/)?(\p{L}+)(?![\p{L}\p{N}])/u.exec(file.toLowerCase())?.[1] ?? ''];

const inSplits = async (given: string, root: string, files: readonly string[]): Promise<ListedShards> => {
  const skipped: SkippedFile[] = [];
  const shards: Shard[] = [];
  const hasSplits = files.some((file) => splitOf(file) !== undefined);
  for (const file of files) {
    const path = await realpath(join(root, file)).catch(() => undefined);
    const stats = path === undefined ? undefined : await stat(path, { bigint: true }).catch(() => undefined);
    const split = splitOf(file);
    if (path === undefined || stats === undefined)
      skipped.push({ file, reason: 'the system cannot read it' });
    else if (!liesWithin(path, root)) skipped.push({ file, reason: 'a symbolic link out of the folder' });
    else if (!stats.isFile()) skipped.push({ file, reason: 'no file' });
    else if (hasSplits && split === undefined)
      skipped.push({ file, reason: 'beside the files of the splits' });
    else shards.push({ path, file, split: split ?? 'any', stats });
  }
  if (shards.length === 0) {
    const [first] = skipped;
    throw new ConfigError(
      `${given}: expected Parquet files that can be read, found ${first!.file} (${first!.reason}): put the files themselves there`,
    );
  }
  requireNumbered(
    given,
    shards.map(({ file }) => file),
  );
  const order = (shard: Shard): string => `${shard.split}/${shard.file}`;
  shards.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return { shards, skipped };
};

/** `train-00000-of-00002.parquet`, `train-00000-of-00002-0123456789abcdef.parquet` */
const numbered = /^(.*?)-(\d{5})-of-(\d{5})(?:-[0-9a-f]+)?\.parquet$/i;

/** @throws ConfigError when files are numbered, and not all are there: a part of a data set is another data set. */
const requireNumbered = (given: string, files: readonly string[]): void => {
  const bySeries = new Map<string, { readonly totals: Set<string>; readonly numbers: Set<number> }>();
  for (const [, series, number, total] of files.flatMap((file) => [numbered.exec(file) ?? []])) {
    if (series === undefined) continue;
    const { totals, numbers } = bySeries.get(series) ?? { totals: new Set(), numbers: new Set() };
    bySeries.set(series, { totals: totals.add(total!), numbers: numbers.add(Number(number)) });
  }
  for (const [series, { totals, numbers }] of bySeries) {
    const [total, other] = totals;
    if (other !== undefined) {
      throw new ConfigError(
        `${given}: expected the files ${series} of one numbering, found some of ${total} and some of ${other}: remove those that are not wanted`,
      );
    }
    const missing = Array.from({ length: Number(total) }, (_, i) => i).find((i) => !numbers.has(i));
    if (missing !== undefined) {
      throw new ConfigError(
        `${given}: expected all ${Number(total)} files of ${series}, found ${numbers.size}, without ${series}-${String(missing).padStart(5, '0')}-of-${total}.parquet: fetch the others too, or give a single file`,
      );
    }
  }
};
