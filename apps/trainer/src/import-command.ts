import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { CIFAR_DATASETS } from '@dropout-lab/cifar';
import { ConfigError, type RunConfig, type TrainingProgress } from '@dropout-lab/contracts';
import { buildModel, readWeights } from '@dropout-lab/model';
import { decodeKerasWeights } from '@dropout-lab/model/keras';
import { createRun } from './create-run.ts';
import { checkAgainstDataset } from './data.ts';
import { type ConfigOptions, readRunConfig } from './options.ts';
import type { Reporter } from './reporter.ts';

export interface ImportOptions extends Pick<ConfigOptions, 'config' | 'dataset'> {
  readonly runDir?: string;
}

/** Training stands nowhere: none of it happened here. */
const untrained: TrainingProgress = {
  epoch: 0,
  stepInEpoch: 0,
  step: 0,
  running: { lossSum: 0, correct: 0, count: 0 },
  learningRate: 0,
  learningRateScale: 1,
  epochSeconds: 0,
  callbacks: [],
};

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
  checkAgainstDataset(config);
  const bytes = await readBytes(file);
  // The model is built for its shapes and its topology; nothing is computed.
  const backend = await startBackend('cpu');
  const model = buildModel(config.model, config.seed);
  const weights = await decodeKerasWeights(bytes, await readWeights(model), file);
  const modelTopology = model.toJSON(null, false) as object;
  const parameters = model.countParams();
  model.dispose();

  const run = await createRun(
    {
      config,
      classNames: classNamesOf(config),
      data: { dataset: config.dataset, sha256: {}, trainImages: 0, validationImages: 0, testImages: 0 },
      importedFrom: { file: basename(file), sha256: createHash('sha256').update(bytes).digest('hex') },
      command: [...command],
      backend,
      workers: 1,
    },
    runDir,
  );
  try {
    await run.saveCheckpoint('last', {
      modelTopology,
      snapshot: { weights, slots: [], progress: untrained },
    });
    run.append({ kind: 'checkpoint', time: Date.now(), name: 'last', epoch: 0, step: 0 });
  } finally {
    await run.close();
  }
  reporter.line(`Imported ${parameters} parameters from ${file}`);
  reporter.line(`Run directory: ${run.path}`);
  return 0;
};

const classNamesOf = ({ dataset }: RunConfig): string[] => {
  const { labels, target } = CIFAR_DATASETS[dataset];
  return [...labels[target]!.classNames];
};

const readBytes = async (file: string): Promise<Uint8Array> => {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new ConfigError(`${file}: cannot be read: ${(cause as Error).message}`, [], { cause });
  }
};
