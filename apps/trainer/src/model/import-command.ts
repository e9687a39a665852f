import { basename } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import {
  datasetKey,
  datasetOf,
  type ModelInput,
  type NamedArray,
  parseRunConfigAt,
  type RunConfig,
  writtenConfig,
} from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import { readRegularFile } from '@dropout-lab/files/node';
import {
  decodeKerasArchitecture,
  decodeKerasWeights,
  decodeSafetensorsModel,
  isKerasArchive,
  isSafetensors,
  matchWeights,
  type WeightShape,
} from '@dropout-lab/interchange';
import { buildModel, modelSpecOf, readWeights } from '@dropout-lab/model';
import { initialProgress } from '@dropout-lab/training';
import { readInput } from '../command/read-input.ts';
import { type ConfigOptions, readConfigFile, readRunConfig } from '../command/read-run-config.ts';
import type { Reporter } from '../command/reporter.ts';
import { createRun } from '../train/create-run.ts';
import { requirePlace } from '../train/require-place.ts';
import { requireRunnable } from '../train/require-runnable.ts';
import { refused } from './export/refused.ts';

export interface ImportOptions extends ConfigOptions {
  readonly runDir?: string;
}

/** A file's own account of its model. */
interface Source {
  /** Its layers; undefined where the file has weights alone. */
  readonly model: ModelInput | undefined;
  readonly classNames?: readonly string[] | undefined;
  readonly notes: readonly string[];
  /** Returns the values of a model's weights. */
  readonly decode: (weights: readonly WeightShape[], config: RunConfig) => Promise<readonly NamedArray[]>;
}

/** @param isDescribed Whether the user describes the model, so that the file's own layers are not read. */
const sourceOf = (bytes: Uint8Array, file: string, isDescribed: boolean): Source => {
  if (isSafetensors(bytes)) {
    const { weights, model, classNames } = decodeSafetensorsModel(bytes, file);
    const decode: Source['decode'] = async (shapes) => matchWeights(weights, shapes, file);
    return { model: isDescribed ? undefined : model, classNames, notes: [], decode };
  }
  const { model, notes } =
    isKerasArchive(bytes) && !isDescribed
      ? decodeKerasArchitecture(bytes, file)
      : { model: undefined, notes: [] };
  const decode: Source['decode'] = (shapes, config) =>
    decodeKerasWeights(bytes, shapes, modelSpecOf(config), file);
  return { model, notes, decode };
};

/**
 * `dropout-lab import`: makes a run of a model that Keras 3 or another run has saved, for `evaluate`, `predict` and `export`.
 * Its directory is made when the weights are known to fit.
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
  const described = await readRunConfig(options);
  requireRunnable(described);
  await requirePlace(runDir);
  const { bytes } = await readInput(file, 'a file that can be read', () =>
    readRegularFile(file, { limit: MOST_BYTES }),
  );
  const isDescribed = 'model' in (await readConfigFile(options));
  const source = await refused(async () => sourceOf(bytes, file, isDescribed));
  const config =
    source.model === undefined
      ? described
      : parseRunConfigAt({ ...writtenConfig(described), model: { preset: 'layers', ...source.model } }, file);
  requireRunnable(config);
  // The model is built for its shapes and its topology; nothing is computed.
  const backend = await startBackend('cpu');
  const spec = modelSpecOf(config);
  const model = buildModel(spec, config.seed);
  const shapes = await readWeights(model);
  const weights = await refused(() => source.decode(shapes, config));
  const modelTopology = model.toJSON(null, false) as object;
  const parameters = model.countParams();
  model.dispose();

  const run = await createRun(
    {
      config,
      classNames: source.classNames ?? datasetOf(config.dataset).classNames,
      data: {
        dataset: datasetKey(config.dataset),
        sha256: {},
        trainImages: 0,
        validationImages: 0,
        testImages: 0,
      },
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
  for (const note of source.notes) reporter.line(note);
  reporter.line(`Run directory: ${run.path}`);
  return 0;
};

/** Of a file with the weights of the largest model that is built, and an optimizer's for each. */
const MOST_BYTES = 2 ** 31;
