import type { CifarDescriptor, CifarFile } from '../datasets.ts';

/** The progress of a fetch. */
export interface CifarProgress {
  readonly stage: 'download' | 'unpack';
  readonly source: CifarSourceName;
  readonly done: number;
  readonly total: number;
  readonly unit: 'bytes' | 'files';
}

/** A source of missing files. */
export type CifarSourceName = 'npm' | 'archive';

/** A request to a source: the files wanted, and where to deliver them. */
export interface SourceRequest {
  readonly dataset: CifarDescriptor;
  /** The files to deliver; others may be left out. */
  readonly wanted: readonly CifarFile[];
  /** The data set's folder in the cache. */
  readonly directory: string;
  /** A folder of this fetch's own in `directory`, removed afterwards. */
  readonly workFolder: string;
  readonly mirrors: readonly string[];
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (progress: CifarProgress) => void;
  readonly onNotice: (line: string) => void;
  /** Verifies a file's content and writes it into the cache. */
  readonly deliver: (file: CifarFile, bytes: Uint8Array) => Promise<void>;
}
