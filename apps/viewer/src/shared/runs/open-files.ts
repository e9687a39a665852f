import { startComputeThread } from '../compute/compute-thread.ts';
import { freeName } from './free-name.ts';
import { giveRun } from './give-run.ts';

/** A larger file would not fit into a page's memory several times. */
const MOST_BYTES = 2 ** 28;

/**
 * Opens the model in a `.safetensors` file that dropout-lab has exported, as a run.
 *
 * @returns The name under which it is shown.
 * @throws An Error that says what was expected and found.
 */
export const openSafetensors = async (file: File): Promise<string> => {
  if (file.size > MOST_BYTES) {
    throw new Error(
      `${file.name}: expected a file of at most ${MOST_BYTES / 2 ** 20} MiB, found ${Math.ceil(file.size / 2 ** 20)}; the command makes a run from it: dropout-lab import ${file.name}`,
    );
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  const thread = startComputeThread();
  try {
    const files = await thread.call((services) => services.importSafetensors(bytes, file.name));
    const name = freeName(file.name.replace(/\.safetensors$/i, ''));
    await giveRun(name, files);
    return name;
  } finally {
    thread.end();
  }
};
