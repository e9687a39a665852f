import { basename } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { ConfigError, datasetOf } from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import { readRegularFile } from '@dropout-lab/files/node';
import { decodeKerasWeights, KerasWeightsError } from '@dropout-lab/interchange';
import { buildModel, modelSpecOf, readWeights } from '@dropout-lab/model';
import { initialProgress } from '@dropout-lab/training';
import { readInput } from '../command/read-input.ts';
import { type ConfigOptions, readRunConfig } from '../command/read-run-config.ts';
import type { Reporter } from '../command/reporter.ts';
import { createRun } from '../train/create-run.ts';
import { requireRunnable } from '../train/require-runnable.ts';

export interface ImportOptions extends ConfigOptions {
  readonly runDir?: string;
}

/**
 * `dropout-lab import`: makes a run of weights that Keras 3 has saved, for `evaluate`, `predict` and `export`. Its
 * directory is made when the weights are known to fit.
 *
 * @param command The command line, for the manifest.
 * @returns The exit code.
 */
export const importCommand = async (
  file: string,
  { runDir, ...options }: ImportOptions,
  command: readonly string[],
  reporter: Reporter,
): Promise<number> => {
  const config = await readRunConfig(options);
  requireRunnable(config);
  const { bytes } = await readInput(file, 'a file that can be read', () =>
    readRegularFile(file, { limit: MOST_BYTES }),
  );
  // The model is built for its shapes and its topology; nothing is computed.
  const backend = await startBackend('cpu');
  const spec = modelSpecOf(config);
  const model = buildModel(spec, config.seed);
  const weights = await decodeKerasWeights(bytes, await readWeights(model), spec, file).catch(refuse);
  const modelTopology = model.toJSON(null, false) as object;
  const parameters = model.countParams();
  model.dispose();

  const run = await createRun(
    {
      config,
      classNames: datasetOf(config.dataset).classNames,
      data: { dataset: config.dataset, sha256: {}, trainImages: 0, validationImages: 0, testImages: 0 },
      importedFrom: { file: basename(file), sha256: await sha256(bytes) },
      command,
      backend,
      workers: 1,
    },
    runDir,
  );
  try {
    await run.saveCheckpoint('last', {
      modelTopology,
      // None of its training happened here.
      snapshot: { weights, slots: [], progress: initialProgress(config.optimizer) },
    });
    run.append({ kind: 'checkpoint', time: Date.now(), name: 'last', epoch: 0, step: 0 });
  } finally {
    await run.close();
  }
  reporter.line(`Imported ${parameters} parameters from ${file}`);
  reporter.line(`Run directory: ${run.path}`);
  return 0;
};

/** Passes a refusal of the file on as the command's, which has an exit code of its own. */
const refuse = (error: unknown): never => {
  throw error instanceof KerasWeightsError ? new ConfigError(error.message, [], { cause: error }) : error;
};

/** Of a file with the weights of the largest model that is built, and an optimizer's for each. */
const MOST_BYTES = 2 ** 31;
