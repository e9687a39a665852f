import { checkpointFiles, decodeRun, runFiles } from '@dropout-lab/runs';
import { counted } from '../format.ts';
import { type RunDigest, withEvents } from '../runs/catalogue.ts';
import { unzip } from './unzip.ts';

/** The files of a run's directory by path. */
export type RunFiles = Readonly<Record<string, string | Uint8Array>>;

/** A run as pages show it, and its files by path. Blobs, since those pass between threads without a copy. */
export interface ReadRun {
  readonly digest: Omit<RunDigest, 'name' | 'revision'>;
  readonly files: ReadonlyMap<string, Blob>;
}

/** The content of a ZIP file. */
export interface ReadZip {
  /** With the names of their folders; none where it has a model instead. */
  readonly runs: readonly { readonly folder: string; readonly run: ReadRun }[];
  /** The files of a model. */
  readonly model: readonly File[];
}

/**
 * Reads a run in the files of its directory.
 *
 * @param where The directory, for errors.
 * @throws RunDirectoryError, RunChangedError or ConfigError where a file is damaged or of a newer version.
 */
export const readRun = async (files: RunFiles, where: string): Promise<ReadRun> => {
  const { manifest, events, checkpoints, evaluation, predictions } = await decodeRun(files, where);
  return {
    digest: {
      manifest,
      events: withEvents([], events),
      isThinned: false,
      isBeingWritten: false,
      checkpoints: (['last', 'best'] as const).filter((one) => checkpoints[one] !== undefined),
      hasEvaluation: evaluation !== undefined,
      hasPredictions: predictions !== undefined,
    },
    files: new Map(
      Object.entries(files).map(([path, content]) => [path, new Blob([content as BlobPart])] as const),
    ),
  };
};

/** The service that reads runs, which of a long one takes long. */
export const runReader = {
  /**
   * Reads the runs in a ZIP file, as the page for training downloads one: folders that have a `run.json`; all of them, or none
   * where one cannot be read. Where there is none, a folder with a `model.json` is a model of TensorFlow.js.
   *
   * @throws An Error that says what was expected and found.
   */
  readZip: async (file: File): Promise<ReadZip> => {
    const files = await unzip(file);
    const folders = foldersWith(runFiles.manifest, files);
    if (folders.length === 0) {
      const [folder] = foldersWith(checkpointFiles.model, files);
      if (folder !== undefined) return { runs: [], model: filesOf(folder, files) };
      throw new Error(
        `${file.name}: expected the folder of a run, with its ${runFiles.manifest}, or of a model, with its ${checkpointFiles.model}, found ${counted(files.size, 'other file')}: give the ZIP that “Download the run” has saved`,
      );
    }
    const runs: { folder: string; run: ReadRun }[] = [];
    for (const path of folders) {
      const own = [...files].filter(([one]) => one.startsWith(path));
      const folder = path.split('/').at(-2) ?? file.name.replace(/\.zip$/i, '');
      const contents = Object.fromEntries(own.map(([one, content]) => [one.slice(path.length), content]));
      runs.push({ folder, run: await readRun(contents, folder) });
    }
    return { runs, model: [] };
  },
};

/** The paths of folders that have a file, each with a slash at its end. */
const foldersWith = (name: string, files: ReadonlyMap<string, Uint8Array>): string[] =>
  [...files.keys()].flatMap((path) => (`/${path}`.endsWith(`/${name}`) ? path.slice(0, -name.length) : []));

/** The files of a folder, and of those in it, under their own names. */
const filesOf = (folder: string, files: ReadonlyMap<string, Uint8Array>): File[] =>
  [...files].flatMap(([path, content]) =>
    path.startsWith(folder) ? new File([content as BlobPart], path.split('/').at(-1)!) : [],
  );
