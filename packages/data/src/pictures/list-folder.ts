import type { BigIntStats, Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, sep } from 'node:path';
import { ConfigError, hasControlCharacters, ownImagesLimits } from '@dropout-lab/contracts';
import { systemErrorCode, systemErrorSentence } from '@dropout-lab/files/node';
import { isPictureName } from './picture-name.ts';
import type { PictureSplit, SkippedFile } from './prepare-pictures.ts';

/** A file that may be a picture: its content has not been read yet. */
export interface ListedFile {
  readonly path: string;
  /** Its path within the folder, with `/`. */
  readonly file: string;
  readonly label: number;
  readonly split: PictureSplit;
  readonly stats: BigIntStats;
}

/** The pictures of a folder, by the folders of their classes. */
export interface ListedFolder {
  readonly classNames: readonly string[];
  /** In the order of their paths. */
  readonly files: readonly ListedFile[];
  readonly skipped: readonly SkippedFile[];
}

export interface ListOptions {
  /** A folder of test images, with the same classes. */
  readonly test?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Deeper folders are more likely a mistake than a data set. */
const MOST_LEVELS = 32;

/** The splits by the names of their folders, in lower case. */
export const splitNames: Readonly<Record<string, PictureSplit>> = {
  train: 'train',
  training: 'train',
  validation: 'validation',
  valid: 'validation',
  val: 'validation',
  test: 'test',
  testing: 'test',
};

/**
 * Lists the pictures of a folder that has a folder for each class, or folders `train`, `test` and `validation` (also `val`,
 * `valid`) that do. Symbolic links to folders are not followed, nor are links to files outside.
 *
 * @throws ConfigError when there are not at least two classes with pictures, or their names cannot be used.
 */
export const listFolder = async (path: string, { test, signal }: ListOptions = {}): Promise<ListedFolder> => {
  const [root, entries] = await openFolder(path);
  const skipped: SkippedFile[] = [];
  const walk = walker({ root, skipped, signal });
  const splits = await splitFolders(root, entries);
  const parts =
    splits === undefined
      ? [{ split: test === undefined ? ('any' as const) : ('train' as const), at: '' }]
      : splits;
  if (test !== undefined && parts.some(({ split }) => split === 'test')) {
    throw new ConfigError(
      `--test ${test}: expected ${path} to have no test images of its own, found its folder ${parts.find(({ split }) => split === 'test')!.at}: leave --test out, or give ${join(path, parts[0]!.at)} as the images`,
    );
  }
  const isTested = test !== undefined || parts.some(({ split }) => split === 'test');
  const found: Found[] = [];
  for (const { split, at } of parts)
    found.push(...(await walk.classes(at, split === 'train' && !isTested ? 'any' : split)));
  if (splits !== undefined) {
    const used = new Set(splits.map(({ at }) => at));
    for (const { name } of entries)
      if (!used.has(name) && !isHidden(name))
        skipped.push({ file: name, reason: 'beside the folders of the splits' });
  }
  if (test !== undefined) {
    const [testRoot] = await openFolder(test);
    const of = walker({ root: testRoot, skipped, signal, prefix: `${basename(testRoot)}/` });
    found.push(...(await of.classes('', 'test')));
  }
  const classNames = requireClasses(path, found, skipped);
  const labels = new Map(classNames.map((name, label) => [name, label]));
  const files = found
    .flatMap(({ name, split, files: own }) =>
      own.map((one): ListedFile => ({ ...one, label: labels.get(name)!, split })),
    )
    .sort((a, b) => compare(`${a.split}/${a.file}`, `${b.split}/${b.file}`));
  return { classNames, files, skipped };
};

/** By code points, wherever the program runs. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

interface Found {
  readonly name: string;
  readonly split: PictureSplit;
  readonly files: readonly Omit<ListedFile, 'label' | 'split'>[];
}

const openFolder = async (path: string): Promise<[root: string, entries: Dirent[]]> => {
  try {
    const root = await realpath(path);
    return [root, await readdir(root, { withFileTypes: true })];
  } catch (cause) {
    const advice =
      systemErrorCode(cause) === 'ENOTDIR'
        ? 'give the folder that has a folder for each class, or a Parquet file, whose name ends in .parquet'
        : 'check its name and permissions';
    throw new ConfigError(systemErrorSentence(cause, path, 'a folder of pictures', advice), [], { cause });
  }
};

/** Hidden, or written by a file manager or an archiver: no part of anybody's data. */
const isHidden = (name: string): boolean =>
  name.startsWith('.') || /^(?:thumbs\.db|desktop\.ini|__macosx|icon\r)$/i.test(name);

/** Returns the folders of the splits; undefined when the folder has those of the classes. */
const splitFolders = async (
  root: string,
  entries: readonly Dirent[],
): Promise<{ readonly split: PictureSplit; readonly at: string }[] | undefined> => {
  const folders = entries.filter((entry) => entry.isDirectory() && !isHidden(entry.name));
  const named = folders.flatMap(({ name }) => {
    const split = splitNames[name.toLowerCase()];
    return split === undefined ? [] : [{ split, at: name }];
  });
  const train = named.filter(({ split }) => split === 'train');
  // A class may be called train: its folder has pictures, not folders.
  if (train.length === 0 || (named.length === 1 && folders.length > 1)) return undefined;
  for (const { at } of train) {
    const [, inside] = await openFolder(join(root, at));
    if (!inside.some((entry) => entry.isDirectory() && !isHidden(entry.name))) return undefined;
  }
  for (const split of ['train', 'validation', 'test']) {
    const several = named.filter((one) => one.split === split);
    if (several.length > 1) {
      throw new ConfigError(
        `${root}: expected one folder for ${split} images, found ${several.map(({ at }) => at).join(' and ')}: rename or remove one`,
      );
    }
  }
  return named.sort((a, b) => compare(a.at, b.at));
};

interface WalkOptions {
  readonly root: string;
  readonly skipped: SkippedFile[];
  readonly signal: AbortSignal | undefined;
  /** The beginning of every file's path. */
  readonly prefix?: string;
}

const walker = ({ root, skipped, signal, prefix = '' }: WalkOptions) => {
  const skip = (file: string, reason: string): void => {
    skipped.push({ file: `${prefix}${file}`, reason });
  };

  const entriesOf = async (at: string): Promise<Dirent[]> => {
    signal?.throwIfAborted();
    try {
      const entries = await readdir(join(root, at), { withFileTypes: true });
      return entries.filter(({ name }) => !isHidden(name)).sort((a, b) => compare(a.name, b.name));
    } catch (error) {
      skip(at, `the system says ${systemErrorCode(error) ?? String(error)}`);
      return [];
    }
  };

  const take = async (at: string): Promise<Omit<ListedFile, 'label' | 'split'> | undefined> => {
    const path = join(root, at);
    try {
      const link = await lstat(path, { bigint: true });
      const target = link.isSymbolicLink() ? await realpath(path) : path;
      if (link.isSymbolicLink() && !target.startsWith(root + sep)) {
        skip(at, 'a symbolic link out of the folder');
        return undefined;
      }
      const stats = link.isSymbolicLink() ? await stat(target, { bigint: true }) : link;
      if (stats.isDirectory()) skip(at, 'a symbolic link to a folder');
      else if (!stats.isFile()) skip(at, `${kindOf(stats)}, no file`);
      else if (stats.size === 0n) skip(at, 'empty');
      else return { path: target, file: `${prefix}${at}`, stats };
    } catch (error) {
      const code = systemErrorCode(error);
      skip(at, code === 'ELOOP' ? 'a symbolic link to itself' : `the system says ${code ?? String(error)}`);
    }
    return undefined;
  };

  const filesBelow = async (at: string, levels: number): Promise<Omit<ListedFile, 'label' | 'split'>[]> => {
    if (levels > MOST_LEVELS) {
      skip(at, `more than ${MOST_LEVELS} folders deep`);
      return [];
    }
    const files: Omit<ListedFile, 'label' | 'split'>[] = [];
    for (const entry of await entriesOf(at)) {
      const below = `${at}/${entry.name}`;
      if (entry.isDirectory()) {
        // One by one: a call takes no hundred thousand arguments.
        for (const one of await filesBelow(below, levels + 1)) files.push(one);
      } else {
        const one = await take(below);
        if (one) files.push(one);
      }
    }
    return files;
  };

  return {
    /** The classes of a folder, and their files. */
    classes: async (at: string, split: PictureSplit): Promise<Found[]> => {
      const found: Found[] = [];
      for (const entry of await entriesOf(at)) {
        const below = at === '' ? entry.name : `${at}/${entry.name}`;
        if (entry.isDirectory()) {
          found.push({ name: entry.name.normalize('NFC'), split, files: await filesBelow(below, 1) });
        } else if (entry.isSymbolicLink()) {
          skip(below, 'a symbolic link in the place of a class');
        } else if (isPictureName(entry.name)) {
          skip(below, 'in no folder of a class');
        }
      }
      return found;
    },
  };
};

const kindOf = (stats: BigIntStats): string => {
  if (stats.isFIFO()) return 'a named pipe';
  if (stats.isSocket()) return 'a socket';
  return 'a device';
};

/** Returns the names of the classes, sorted. @throws ConfigError */
const requireClasses = (
  path: string,
  found: readonly Found[],
  skipped: readonly SkippedFile[],
): readonly string[] => {
  const names = [...new Set(found.map(({ name }) => name))].sort(compare);
  const trained = found.filter(({ split }) => split === 'train' || split === 'any');
  if (names.length === 0) {
    const loose = skipped.filter(({ reason }) => reason === 'in no folder of a class').length;
    const linked = skipped.filter(
      ({ reason }) => reason === 'a symbolic link in the place of a class',
    ).length;
    const what =
      loose > 0
        ? `${loose} pictures in no folder`
        : linked > 0
          ? `${linked} symbolic links, which are not followed`
          : 'none';
    throw new ConfigError(
      `${path}: expected a folder for each class, such as cat and dog, with its pictures, found ${what}: sort the pictures into folders`,
    );
  }
  if (names.length === 1) {
    throw new ConfigError(
      `${path}: expected at least two folders of classes to distinguish, found one, ${names[0]}: add another class, or give the folder above`,
    );
  }
  if (names.length > ownImagesLimits.classes) {
    throw new ConfigError(
      `${path}: expected at most ${ownImagesLimits.classes} classes, found ${names.length} folders: give the folder that has a folder for each class`,
    );
  }
  for (const name of names) requireName(path, name);
  requireDistinct(path, names);
  for (const name of names) {
    const ofClass = trained.filter((one) => one.name === name);
    if (ofClass.length === 0) {
      throw new ConfigError(
        `${path}: expected training images of every class, found test or validation images of ${name} alone: add some, or remove its folder`,
      );
    }
    if (ofClass.every(({ files }) => files.length === 0)) {
      throw new ConfigError(
        `${path}: expected pictures of every class, found none of ${name}: add some, or remove its folder`,
      );
    }
  }
  return names;
};

const requireName = (path: string, name: string): void => {
  if (name.length > ownImagesLimits.name) {
    throw new ConfigError(
      `${path}: expected names of classes of at most ${ownImagesLimits.name} characters, found one of ${name.length}: rename the folder`,
    );
  }
  if (!hasControlCharacters(name)) return;
  throw new ConfigError(
    `${path}: expected names of classes without control characters, found ${JSON.stringify(name)}: rename the folder`,
  );
};

/** Two names that differ in case alone are one folder on other machines. */
const requireDistinct = (path: string, names: readonly string[]): void => {
  const seen = new Map<string, string>();
  for (const name of names) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new ConfigError(
        `${path}: expected classes whose names differ in more than case, found ${other} and ${name}: rename one, or put them together`,
      );
    }
    seen.set(name.toLowerCase(), name);
  }
};
