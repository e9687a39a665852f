import { type DecodePicture, PictureError, requirePictureBytes } from './decoding/decoded-picture.ts';
import { type FileNode, type FolderNode, type ListedPictures, listPictures } from './list-pictures.ts';
import type { OwnDataset } from './own-dataset.ts';
import { prepareInMemory } from './prepare-in-memory.ts';
import { type PreparePicturesOptions, spreadOver } from './prepare-pictures.ts';
import { asTitle } from './title.ts';

/**
 * A folder as a page gets it from a person: `event.dataTransfer` of one that was dropped, `input.files` of an
 * `<input type="file" webkitdirectory>`, or what `showDirectoryPicker()` returns.
 */
export type GivenFolder = DataTransfer | FileList | readonly File[] | FileSystemDirectoryHandle;

/** The pictures of a folder that a page was given, which have not been read yet. It may be posted to a worker. */
export interface SurveyedFolder extends ListedPictures<File> {
  readonly title: string;
  /** How many pictures each class has, by label. */
  readonly counts: readonly number[];
}

/** Options of {@link surveyFolder}. */
export interface SurveyFolderOptions {
  /** A folder of test images, with the same classes. */
  readonly test?: GivenFolder | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** More are a mistake: a disk, say, instead of a folder on it. */
const MOST_FILES = 1_000_000;

/**
 * Looks at a folder that a page was given: its classes, and the pictures of each. It has a folder for each class, or folders
 * `train`, `test` and `validation` (also `val`, `valid`) that do; several folders that were dropped at once are those. A
 * `DataTransfer` is to be given while its event is handled: afterwards browsers have emptied it.
 *
 * @throws ConfigError when the folder is none of pictures in classes.
 */
export const surveyFolder = async (
  given: GivenFolder,
  { test, signal }: SurveyFolderOptions = {},
): Promise<SurveyedFolder> => {
  // Both before anything is awaited, for the sake of a DataTransfer.
  const [root, testRoot] = [rootOf(given), test === undefined ? undefined : rootOf(test)];
  const tested = testRoot && { path: testRoot.name, root: testRoot };
  const listed = await listPictures(root, { path: root.name, test: tested, mostFiles: MOST_FILES, signal });
  const counts = listed.classNames.map(() => 0);
  for (const { label } of listed.files) counts[label]!++;
  return { title: asTitle(root.name), counts, ...listed };
};

/**
 * Loads the pictures of a folder that a page was given as training and test images, in memory: the images, splits and digest
 * that `imageFolder` gives in Node, where pictures decode to the same pixels.
 *
 * @param folder By {@link surveyFolder}.
 * @param decode `decodeInBrowser`.
 * @throws ConfigError when a class has no picture that can be read, the images would take more than a gigabyte, or, when
 *   `strict`, a picture would be skipped.
 */
export const folderInMemory = (
  { title, classNames, files, skipped }: SurveyedFolder,
  decode: DecodePicture,
  options: PreparePicturesOptions = {},
): Promise<OwnDataset> =>
  prepareInMemory(
    {
      title,
      classNames,
      count: files.length,
      picture: (index) => {
        const { content, ...picture } = files[index]!;
        return { ...picture, read: () => bytesOf(content) };
      },
      samples: spreadOver(files.length),
      skipped,
      remedy: 'remove its folder',
    },
    decode,
    options,
  );

const bytesOf = async (file: File): Promise<Uint8Array> => {
  requirePictureBytes(file.size);
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    throw unreadable(cause);
  }
};

/** A page learns no more than that a file has gone or changed, or may not be read. */
const unreadable = (cause: unknown): PictureError =>
  new PictureError(`the browser cannot read it (${(cause as Error).name})`, { cause });

type PageFolder = FolderNode<File>;
type PageFile = FileNode<File>;

const rootOf = (given: GivenFolder): PageFolder => {
  if ('kind' in given) return folderOfHandle(given);
  return 'items' in given ? folderOfDrop(given) : folderOfFiles([...given]);
};

/** Returns the one folder that was dropped, or a folder of all that was. */
const folderOfDrop = ({ items }: DataTransfer): PageFolder => {
  const entries = [...items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  const nodes = entries.map(nodeOfEntry);
  const [first] = nodes;
  return nodes.length === 1 && first!.kind === 'folder' ? first! : folderOf(DROPPED, nodes);
};

/** The name of what has none of its own. */
const DROPPED = 'The given pictures';

const folderOf = (name: string, nodes: readonly (PageFolder | PageFile)[]): PageFolder => ({
  kind: 'folder',
  name,
  entries: async () => nodes,
});

const fileOf = (name: string, open: () => Promise<File>): PageFile => ({
  kind: 'file',
  name,
  open: async () => {
    const file = await open().catch((cause) => {
      throw unreadable(cause);
    });
    if (file.size === 0) throw new PictureError('empty');
    return file;
  },
});

const nodeOfEntry = (entry: FileSystemEntry): PageFolder | PageFile =>
  entry.isDirectory
    ? { kind: 'folder', name: entry.name, entries: () => entriesOf(entry as FileSystemDirectoryEntry) }
    : fileOf(
        entry.name,
        () => new Promise((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)),
      );

const entriesOf = async (folder: FileSystemDirectoryEntry): Promise<(PageFolder | PageFile)[]> => {
  const reader = folder.createReader();
  const nodes: (PageFolder | PageFile)[] = [];
  // A call gives a hundred or so, and none after the last.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    ).catch((cause) => {
      throw unreadable(cause);
    });
    if (some.length === 0) return nodes;
    for (const entry of some) nodes.push(nodeOfEntry(entry));
  }
};

const folderOfHandle = (folder: FileSystemDirectoryHandle): PageFolder => ({
  kind: 'folder',
  name: folder.name,
  entries: async () => {
    const nodes: (PageFolder | PageFile)[] = [];
    try {
      for await (const handle of folder.values()) {
        nodes.push(
          handle.kind === 'directory' ? folderOfHandle(handle) : fileOf(handle.name, () => handle.getFile()),
        );
      }
    } catch (cause) {
      throw unreadable(cause);
    }
    return nodes;
  },
});

/** The folder of files that have their paths, as an input of folders gives them. */
const folderOfFiles = (files: readonly File[]): PageFolder => {
  type Tree = Map<string, Tree | File>;
  const tree: Tree = new Map();
  for (const file of files) {
    const path = (file.webkitRelativePath || file.name).split('/');
    const name = path.pop()!;
    let at = tree;
    for (const part of path) {
      const below = at.get(part) ?? new Map();
      at.set(part, below);
      if (!(below instanceof Map)) break;
      at = below;
    }
    at.set(name, file);
  }
  const nodesOf = (branch: Tree): (PageFolder | PageFile)[] =>
    [...branch].map(([name, node]) =>
      node instanceof Map ? folderOf(name, nodesOf(node)) : fileOf(name, async () => node),
    );
  const nodes = nodesOf(tree);
  const [first] = nodes;
  return nodes.length === 1 && first!.kind === 'folder' ? first! : folderOf(DROPPED, nodes);
};
