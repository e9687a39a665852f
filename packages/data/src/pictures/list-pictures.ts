import { ConfigError, lackOfName, ownImagesLimits } from '@dropout-lab/contracts';
import { PictureError } from './decoding/decoded-picture.ts';
import { isPictureName } from './picture-name.ts';
import { isOfClass, type PictureSplit, type SkippedFile } from './prepare-pictures.ts';

/** A file of a folder; it has not been opened yet. */
export interface FileNode<F> {
  readonly kind: 'file' | 'link';
  readonly name: string;
  /** Returns whatever its pixels are read from. @throws PictureError when it is not used, with the reason. */
  readonly open: () => Promise<F>;
}

/** A folder, on a disk or given to a page. */
export interface FolderNode<F> {
  readonly kind: 'folder';
  readonly name: string;
  /** Returns what is in it, in any order. @throws PictureError when it cannot be read, with the reason. */
  readonly entries: () => Promise<readonly (FolderNode<F> | FileNode<F>)[]>;
}

/** A file that may be a picture: its content has not been read yet. */
export interface ListedPicture<F> {
  /** Its path within the folder, with `/`. */
  readonly file: string;
  readonly label: number;
  readonly split: PictureSplit;
  readonly content: F;
}

/** The pictures of a folder, by the folders of their classes. */
export interface ListedPictures<F> {
  readonly classNames: readonly string[];
  /** In the order of their splits and paths. */
  readonly files: readonly ListedPicture<F>[];
  readonly skipped: readonly SkippedFile[];
}

/** Options of {@link listPictures}. */
export interface ListOptions<F> {
  /** The folder's name in messages. */
  readonly path: string;
  /** A folder of test images, with the same classes. */
  readonly test?: { readonly path: string; readonly root: FolderNode<F> } | undefined;
  /** More are refused. */
  readonly mostFiles: number;
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
 * `valid`) that do.
 *
 * @throws ConfigError when there are not at least two classes with pictures, or their names cannot be used.
 */
export const listPictures = async <F>(
  root: FolderNode<F>,
  { path, test, mostFiles, signal }: ListOptions<F>,
): Promise<ListedPictures<F>> => {
  const skipped: SkippedFile[] = [];
  const walk = walker<F>({ path, skipped, mostFiles, signal });
  const entries = await entriesOrRefuse(root, path);
  const splits = await splitFolders(entries, path);
  const parts = splits ?? [
    { split: test === undefined ? ('any' as const) : ('train' as const), root, at: '' },
  ];
  const own = parts.find(({ split }) => split === 'test');
  if (test !== undefined && own !== undefined) {
    throw new ConfigError(
      `--test ${test.path}: expected ${path} to have no test images of its own, found its folder ${own.at}: leave --test out, or give ${path}/${parts[0]!.at} as the images`,
    );
  }
  const isTested = test !== undefined || own !== undefined;
  const found: Found<F>[] = [];
  for (const part of parts)
    found.push(...(await walk(part.root, part.at, part.split === 'train' && !isTested ? 'any' : part.split)));
  if (splits !== undefined) {
    const used = new Set(splits.map(({ at }) => at));
    for (const { name } of entries)
      if (!used.has(name)) skipped.push({ file: name, reason: 'beside the folders of the splits' });
  }
  if (test !== undefined) {
    await entriesOrRefuse(test.root, test.path);
    const tested = await walk(test.root, test.root.name, 'test');
    requireKnown(tested, found, { path, test: test.path });
    found.push(...tested);
  }
  const classNames = requireClasses(path, found, skipped);
  const labels = new Map(classNames.map((name, label) => [name, label]));
  const files = found
    .flatMap(({ name, split, files }) =>
      files.map((one): ListedPicture<F> => ({ ...one, label: labels.get(name)!, split })),
    )
    .sort((a, b) => compare(`${a.split}/${a.file}`, `${b.split}/${b.file}`));
  return { classNames, files, skipped };
};

/** By code points, wherever the program runs. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Hidden, or written by a file manager or an archiver: no part of anybody's data. */
const isHidden = (name: string): boolean =>
  name.startsWith('.') || /^(?:thumbs\.db|desktop\.ini|__macosx|icon\r)$/i.test(name);

const shownEntries = async <F>(folder: FolderNode<F>): Promise<(FolderNode<F> | FileNode<F>)[]> =>
  (await folder.entries()).filter(({ name }) => !isHidden(name)).sort((a, b) => compare(a.name, b.name));

const entriesOrRefuse = async <F>(
  folder: FolderNode<F>,
  path: string,
): Promise<(FolderNode<F> | FileNode<F>)[]> => {
  try {
    return await shownEntries(folder);
  } catch (cause) {
    if (!(cause instanceof PictureError)) throw cause;
    throw new ConfigError(
      `${path}: expected a folder of pictures, found one that cannot be read (${cause.message}): check its permissions`,
      [],
      { cause },
    );
  }
};

interface SplitFolder<F> {
  readonly split: PictureSplit;
  readonly root: FolderNode<F>;
  /** Its path within the folder. */
  readonly at: string;
}

/** Returns the folders of the splits; undefined when the folder has those of the classes. */
const splitFolders = async <F>(
  entries: readonly (FolderNode<F> | FileNode<F>)[],
  path: string,
): Promise<readonly SplitFolder<F>[] | undefined> => {
  const folders = entries.filter((entry) => entry.kind === 'folder');
  const named = folders.flatMap((root): SplitFolder<F>[] => {
    const split = splitNames[root.name.toLowerCase()];
    return split === undefined ? [] : [{ split, root, at: root.name }];
  });
  const train = named.filter(({ split }) => split === 'train');
  // A class may be called train: its folder has pictures, not folders.
  if (train.length === 0 || (named.length === 1 && folders.length > 1)) {
    await requireNoSplit(folders, path);
    return undefined;
  }
  for (const { root, at } of train) {
    const inside = await entriesOrRefuse(root, `${path}/${at}`);
    if (!inside.some(({ kind }) => kind === 'folder')) return undefined;
  }
  for (const split of ['train', 'validation', 'test']) {
    const several = named.filter((one) => one.split === split);
    if (several.length > 1) {
      throw new ConfigError(
        `${path}: expected one folder for ${split} images, found ${several.map(({ at }) => at).join(' and ')}: rename or remove one`,
      );
    }
  }
  return named;
};

/** Refuses a folder of a split among those of classes: all of its pictures would be of one class. @throws ConfigError */
const requireNoSplit = async <F>(folders: readonly FolderNode<F>[], path: string): Promise<void> => {
  const splits = folders.map(({ name }) => name).filter((name) => splitNames[name.toLowerCase()]);
  if (splits.length === 0) return;
  const within = new Map<string, readonly string[]>();
  for (const folder of folders) within.set(folder.name, await foldersIn(folder));
  for (const split of splits) {
    const classes = within.get(split)!;
    for (const [other, names] of within) {
      const shared = classes.includes(other) ? other : names.find((name) => classes.includes(name));
      if (other === split || shared === undefined) continue;
      throw new ConfigError(
        `${path}: expected folders of classes, or folders train, validation and test that have them, found ${shared} both in ${split} and ${shared === other ? 'beside it: put those beside it into a folder train' : `in ${other}: rename ${other} to train, validation or test`}`,
      );
    }
  }
};

/** Returns the names of the folders in a folder; of one that cannot be read none, which is said where its pictures are listed. */
const foldersIn = async <F>(folder: FolderNode<F>): Promise<readonly string[]> => {
  try {
    return (await shownEntries(folder)).filter(({ kind }) => kind === 'folder').map(({ name }) => name);
  } catch (error) {
    if (error instanceof PictureError) return [];
    throw error;
  }
};

interface Found<F> {
  readonly name: string;
  /** The path of its folder, as in those of its files. */
  readonly at: string;
  readonly split: PictureSplit;
  readonly files: readonly Pick<ListedPicture<F>, 'file' | 'content'>[];
}

interface WalkOptions extends Pick<ListOptions<unknown>, 'path' | 'mostFiles' | 'signal'> {
  readonly skipped: SkippedFile[];
}

/** Returns the function that finds the classes of a folder, and their files. */
const walker = <F>({ path, skipped, mostFiles, signal }: WalkOptions) => {
  const skip = (file: string, reason: string): void => {
    skipped.push({ file, reason });
  };

  /** Returns what an action returns; undefined when it finds that something is not used, which is noted. */
  const unlessSkipped = async <T>(at: string, action: () => Promise<T>): Promise<T | undefined> => {
    signal?.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      if (!(error instanceof PictureError)) throw error;
      skip(at, error.message);
      return undefined;
    }
  };

  const entriesOf = async (folder: FolderNode<F>, at: string) =>
    (await unlessSkipped(at, () => shownEntries(folder))) ?? [];

  let found = 0;
  const countFile = (): void => {
    if (++found > mostFiles)
      throw new ConfigError(
        `${path}: expected at most ${mostFiles} files, found more: give the folder that has a folder for each class`,
      );
  };

  const filesBelow = async (
    folder: FolderNode<F>,
    at: string,
    levels: number,
  ): Promise<Found<F>['files']> => {
    if (levels > MOST_LEVELS) {
      skip(at, `more than ${MOST_LEVELS} folders deep`);
      return [];
    }
    const files: Found<F>['files'][number][] = [];
    for (const entry of await entriesOf(folder, at)) {
      const file = `${at}/${entry.name}`;
      if (entry.kind === 'folder') {
        // One by one: a call takes no hundred thousand arguments.
        for (const one of await filesBelow(entry, file, levels + 1)) files.push(one);
        continue;
      }
      countFile();
      const content = await unlessSkipped(file, entry.open);
      if (content !== undefined) files.push({ file, content });
    }
    return files;
  };

  return async (root: FolderNode<F>, at: string, split: PictureSplit): Promise<Found<F>[]> => {
    const found: Found<F>[] = [];
    for (const entry of await entriesOf(root, at)) {
      const below = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.kind === 'folder')
        found.push({
          name: entry.name.normalize('NFC'),
          at: below,
          split,
          files: await filesBelow(entry, below, 1),
        });
      else if (entry.kind === 'link') skip(below, 'a symbolic link in the place of a class');
      else if (isPictureName(entry.name)) skip(below, 'in no folder of a class');
    }
    return found;
  };
};

/** Returns the names of the classes, sorted. @throws ConfigError */
const requireClasses = <F>(
  path: string,
  found: readonly Found<F>[],
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
        ? `${loose} ${loose === 1 ? 'picture' : 'pictures'} in no folder`
        : linked > 0
          ? `${linked} symbolic ${linked === 1 ? 'link, which is' : 'links, which are'} not followed`
          : 'none';
    throw new ConfigError(
      `${path}: expected a folder for each class, such as cat and dog, with its pictures, found ${what}: sort the pictures into folders`,
    );
  }
  if (names.length === 1) {
    // An archive that was unpacked into a folder of its name has everything one folder deeper.
    const around = trained.find(({ at, files }) =>
      files.some(({ file }) => file.slice(at.length + 1).includes('/')),
    );
    const where =
      around === undefined
        ? 'the folder above'
        : `${path.replace(/\/$/, '')}/${around.at}, which has folders of its own`;
    throw new ConfigError(
      `${path}: expected at least two folders of classes to distinguish, found one, ${names[0]}: add another class, or give ${where}`,
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
      const why = skipped.find(({ file }) => isOfClass(file, name));
      throw new ConfigError(
        `${path}: expected pictures of every class, found none of ${name}${why === undefined ? '' : ` (${why.file}: ${why.reason})`}: add some, or remove its folder`,
      );
    }
  }
  return names;
};

/** @throws ConfigError when test images that were given by themselves have a class that the others have not. */
const requireKnown = <F>(
  tested: readonly Found<F>[],
  found: readonly Found<F>[],
  { path, test }: { readonly path: string; readonly test: string },
): void => {
  const names = [...new Set(found.map(({ name }) => name))];
  const other = tested.find(({ name }) => !names.includes(name));
  if (other === undefined || names.length === 0) return;
  const listed = `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
  throw new ConfigError(
    `--test ${test}: expected folders of the classes of ${path}, ${listed}, found ${other.name}: rename or remove it, or give the folder that has those of the classes`,
  );
};

const requireName = (path: string, name: string): void => {
  const lack = lackOfName(name);
  if (lack === undefined) return;
  throw new ConfigError(
    `${path}: expected class names ${lack}, found ${JSON.stringify(name.slice(0, ownImagesLimits.name))}: rename the folder`,
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
