import type { CheckpointName } from '@dropout-lab/contracts';
import type { RunReader } from '@dropout-lab/runs/node';

/** A run that is exported. Its checkpoint is read by the formats that need weights, and by no others. */
export interface RunToExport {
  readonly run: RunReader;
  readonly checkpoint: CheckpointName;
}

/** The end of the line that follows an export: its readers, and how they read it, after `Wrote PLACE: `. */
interface Written {
  readonly use: string;
  /** Sentences on what the format could not take over, each a line. */
  readonly notes?: readonly string[];
}

/** A file that an export consists of. */
export interface WrittenFile extends Written {
  readonly content: Uint8Array;
}

/** The files of a folder, by their paths in it, with `/`. */
export interface WrittenFolder extends Written {
  readonly files: ReadonlyMap<string, string | Uint8Array>;
}

/** Makes the content of an export; the caller puts it in its place. */
type Writer<Runs, Content> = (runs: Runs) => Promise<Content>;

interface Described {
  /** The format in a few words, for `--help`. */
  readonly description: string;
}

/** A format that is one file. */
export interface FileFormat extends Described {
  /** The end of its files' names, by which `--output` chooses the format. */
  readonly extension: `.${string}`;
  /** Loads its code, which brings TensorFlow.js and other libraries that nobody who asks for help should wait for. */
  readonly load: () => Promise<Writer<RunToExport, WrittenFile>>;
}

/** A format that is a folder of files. */
export interface FolderFormat extends Described {
  readonly extension?: undefined;
  readonly takesSeveralRuns?: false;
  readonly load: () => Promise<Writer<RunToExport, WrittenFolder>>;
}

/** A format that is a folder of files, of one run or of several. */
export interface RunsFormat extends Described {
  readonly extension?: undefined;
  readonly takesSeveralRuns: true;
  readonly load: () => Promise<Writer<readonly RunToExport[], WrittenFolder>>;
}

/** A format that runs are exported to. */
export type ExportFormat = FileFormat | FolderFormat | RunsFormat;
