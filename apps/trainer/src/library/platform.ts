import type { StartedBackend } from '@dropout-lab/backend/node';
import type { DatasetName, HardwareDescription, ImageShape, RunConfig } from '@dropout-lab/contracts';
import type { LoadedDataset } from '@dropout-lab/data';
import type { ExperimentOptions } from '@dropout-lab/experiment';
import type { RunContents } from '@dropout-lab/runs';

/** The backend that computes; `auto` is the fastest that works. `node`, which is tfjs-node, is for Node alone, `webgl` for browsers. */
export type Backend = 'auto' | 'node' | 'webgpu' | 'webgl' | 'wasm' | 'cpu';

/** Where the images of a data set come from. */
export interface DatasetOptions {
  /**
   * Where the official `.bin` files are. In Node a folder; without it they are fetched once, verified, and kept in the
   * cache folder of the platform. In a browser the web address of such a folder, which must be given.
   */
  readonly from?: string;
  /** Called as files come, in bytes or in files. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  readonly signal?: AbortSignal;
}

/** The parts of the library that differ between Node and a browser. */
export interface Platform {
  /** Of dropout-lab, for the record of a run. */
  readonly version: string;
  /** Those that can be asked for here. */
  readonly backends: readonly Backend[];
  readonly startBackend: (choice: Backend) => Promise<StartedBackend>;
  readonly describeHardware: () => HardwareDescription;
  /** @param workers Threads that share each batch; what fits when undefined. */
  readonly replicasOn: (
    config: RunConfig,
    backend: StartedBackend['name'],
    workers: number | undefined,
  ) => NonNullable<ExperimentOptions['replicas']>;
  readonly loadDataset: (name: DatasetName, options: DatasetOptions) => Promise<LoadedDataset>;
  /** @param picture A file's path or address, or its content. @returns uint8 [height, width, channels]. */
  readonly readPicture: (picture: string | Blob, shape: ImageShape) => Promise<Uint8Array>;
  readonly save: (name: string, run: RunContents) => Promise<void>;
  readonly load: (name: string) => Promise<RunContents>;
}
