import type { Remote } from 'comlink';
import type { ComputeServices } from '../compute/compute.worker.ts';
import { startComputeThread } from '../compute/compute-thread.ts';
import type { ReadRun } from '../compute/run-reader.ts';
import { freeName } from './free-name.ts';
import { giveRuns } from './give-run.ts';

/** A larger file would not fit into a page's memory several times. */
const MOST_BYTES = 2 ** 28;

/** A model that is shown as a run. */
export interface OpenedModel {
  /** The name under which it is shown. */
  readonly name: string;
  /** Sentences about what was assumed of it. */
  readonly notes: readonly string[];
}

/**
 * Opens the model in a `.safetensors` file that dropout-lab has exported, as a run.
 *
 * @throws An Error that says what was expected and found.
 */
export const openSafetensors = async (file: File): Promise<OpenedModel> => {
  if (file.size > MOST_BYTES) {
    throw new Error(
      `${file.name}: expected a file of at most ${MOST_BYTES / 2 ** 20} MiB, found ${Math.ceil(file.size / 2 ** 20)}; the command makes a run from it: dropout-lab import ${file.name}`,
    );
  }
  const run = await inThread((services) => services.importSafetensors(file));
  return { name: show(file.name.replace(/\.safetensors$/i, ''), run), notes: [] };
};

/**
 * Opens a LayersModel of TensorFlow.js as a run.
 *
 * @param files Its `model.json`, the files with its weights and, where there is one, its `classifier.json`.
 * @param title A name for it.
 * @throws An Error that says what was expected and found.
 */
export const openLayersModel = async (files: readonly File[], title: string): Promise<OpenedModel> => {
  const { run, notes } = await inThread((services) => services.importLayersModel(files));
  return { name: show(title, run), notes };
};

/**
 * Opens the runs in a ZIP file, or the model.
 *
 * @returns The names under which runs are shown, or the model.
 * @throws An Error that says what was expected and found.
 */
export const openZip = async (file: File): Promise<string[] | OpenedModel> => {
  const read = await inThread((services) => services.readZip(file));
  if (read.runs.length === 0) return openLayersModel(read.model, file.name.replace(/\.zip$/i, ''));
  const runs = new Map<string, ReadRun>();
  for (const { folder, run } of read.runs) runs.set(freeName(folder, runs), run);
  giveRuns(runs);
  return [...runs.keys()];
};

/** Reads in a thread that ends with it: the page answers meanwhile, however long a file is. */
const inThread = async <T>(read: (services: Remote<ComputeServices>) => Promise<T>): Promise<T> => {
  const thread = startComputeThread();
  try {
    return await thread.call(read);
  } finally {
    thread.end();
  }
};

const show = (title: string, run: ReadRun): string => {
  const name = freeName(title);
  giveRuns(new Map([[name, run]]));
  return name;
};
