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
import { type ConfigOptions, readConfigFile, readRunConfig } from '../command/read-run-config.ts';
import type { Reporter } from '../command/reporter.ts';
import { createRun } from '../train/create-run.ts';
import { requirePlace } from '../train/require-place.ts';
import { requireRunnable } from '../train/require-runnable.ts';
import { refused } from './export/refused.ts';
import { readModelFile } from './read-model-file.ts';

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
  const isDescribed = 'model' in (await readConfigFile(options));
  // The model is built for its shapes and its topology; nothing is computed.
  const backend = await startBackend('cpu');
  const bytes = await readModelFile(file, async (kind) =>
    kind === 'hdf5' || isDescribed ? (await build(described)).shapes : undefined,
  );
  const source = await refused(async () => sourceOf(bytes, file, isDescribed));
  const config =
    source.model === undefined
      ? described
      : parseRunConfigAt({ ...writtenConfig(described), model: { preset: 'layers', ...source.model } }, file);
  requireRunnable(config);
  const { shapes, modelTopology, parameters } = await build(config);
  const weights = await refused(() => source.decode(shapes, config));

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

const build = async (config: RunConfig) => {
  const model = buildModel(modelSpecOf(config), config.seed);
  const shapes: readonly WeightShape[] = (await readWeights(model)).map(({ name, shape }) => ({
    name,
    shape,
  }));
  const modelTopology = model.toJSON(null, false) as object;
  const parameters = model.countParams();
  model.dispose();
  return { shapes, modelTopology, parameters };
};
