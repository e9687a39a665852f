import type { StartedBackend } from '@dropout-lab/backend/node';
import type {
  DatasetName,
  HardwareDescription,
  ImageFit,
  ImageShape,
  RunConfig,
} from '@dropout-lab/contracts';
import type { DecodePicture, LoadedDataset, OwnDataset } from '@dropout-lab/data';
import type { ImageFolderOptions } from '@dropout-lab/data/node';
import type { ExperimentOptions } from '@dropout-lab/experiment';
import type { RunContents } from '@dropout-lab/runs';
import type { ClassifierContent } from '../classifier/classifier.ts';
import type { ClassifiedPicture } from '../classifier/pictures.ts';

/** A backend by name; `auto` is the fastest one. `node`, which is tfjs-node, is for Node only, `webgl` for browsers only. */
export type Backend = 'auto' | 'node' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** Options of the functions that load a data set. */
export interface DatasetOptions {
  /**
   * The place of the official `.bin` files: in Node a folder, by default the platform's cache folder, to which they are
   * downloaded once and verified; in a browser the web address of a folder, which must be given.
   */
  readonly from?: string;
  /** Called while files are downloaded; `done` and `total` count bytes or files. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** The part of the library that differs between Node and browsers. */
export interface Platform {
  /** The version of dropout-lab, for the manifest of a run. */
  readonly version: string;
  /** The backends that exist here. */
  readonly backends: readonly Backend[];
  readonly startBackend: (choice: Backend) => Promise<StartedBackend>;
  readonly describeHardware: () => HardwareDescription;
  /** @param workers Threads that share each batch; undefined for as many as suit the backend. */
  readonly replicasOn: (
    config: RunConfig,
    backend: StartedBackend['name'],
    workers: number | undefined,
  ) => NonNullable<ExperimentOptions['replicas']>;
  readonly loadDataset: (name: DatasetName, options: DatasetOptions) => Promise<LoadedDataset>;
  /** Loads a folder of pictures by its path. */
  readonly loadImageFolder: (path: string, options: ImageFolderOptions) => Promise<OwnDataset>;
  /** Loads a Parquet file of pictures by its path. */
  readonly loadParquetFile: (path: string, options: ImageFolderOptions) => Promise<OwnDataset>;
  /** Returns the function that decodes pictures. */
  readonly decodePicture: () => Promise<DecodePicture>;
  /** @returns uint8 [height, width, channels] of a picture of any kind and size. */
  readonly readPicture: (
    picture: ClassifiedPicture,
    shape: ImageShape,
    fit?: ImageFit,
  ) => Promise<Uint8Array>;
  /** Reads the files of a folder that a classifier was exported to. */
  readonly readClassifier: (folder: string | URL) => Promise<ClassifierContent>;
  readonly save: (name: string, run: RunContents) => Promise<void>;
  readonly load: (name: string) => Promise<RunContents>;
}
