import { describeHardware } from '@dropout-lab/backend/browser';
import {
  ConfigError,
  type DatasetChoice,
  datasetOf,
  parseRunConfigAt,
  type RunManifest,
  requireClassNames,
} from '@dropout-lab/contracts';
import { settingsOfImages } from '@dropout-lab/data';
import { sha256 } from '@dropout-lab/files';
import { decodeSafetensorsModel, matchWeights, requireRoom } from '@dropout-lab/interchange';
import { buildModel, modelSpecOf, readWeights, requireBuildable } from '@dropout-lab/model';
import { createMemoryRun, newRunManifest, noImagesOf } from '@dropout-lab/runs';
import { initialProgress } from '@dropout-lab/training';
import viewer from '../../../package.json' with { type: 'json' };
import { startComputing } from './backend.ts';
import { type ModelInFiles, readLayersModel } from './layers-model-files.ts';
import { type ReadRun, readRun } from './run-reader.ts';

/** The services that make a run of a model in files, as the command's `import` does. */
export const modelImport = {
  /**
   * @throws InterchangeError, ConfigError or ModelError that says what was expected and found.
   */
  importSafetensors: async (source: File): Promise<ReadRun> => {
    const file = source.name;
    const bytes = new Uint8Array(await source.arrayBuffer());
    const { weights, model, describedData } = decodeSafetensorsModel(bytes, file);
    if (model === undefined) {
      throw new ConfigError(
        `${file}: expected a model that dropout-lab has exported, with its layers, found weights alone; with a description of the model they become a run: dropout-lab import FILE --config run.json`,
      );
    }
    return runOf({
      file,
      model,
      dataset: describedData?.dataset,
      classNames: describedData?.classNames,
      mostWeights: weights.reduce((sum, { values }) => sum + values.length, 0),
      decodeWeights: async () => weights,
      sha256: await sha256(bytes),
    });
  },
  /**
   * @param files A `model.json` of TensorFlow.js, the files with its weights and, where there is one, a `classifier.json`.
   * @returns The run, and what was assumed of the model, in sentences.
   * @throws InterchangeError, ConfigError or ModelError that says what was expected and found.
   */
  importLayersModel: async (
    files: readonly File[],
  ): Promise<{ readonly run: ReadRun; readonly notes: readonly string[] }> => {
    const { notes, ...model } = await readLayersModel(files);
    return { run: await runOf(model), notes };
  },
};

const runOf = async ({
  file,
  model,
  dataset,
  mostWeights,
  decodeWeights,
  ...found
}: ModelInFiles): Promise<ReadRun> => {
  const config = parseRunConfigAt({ ...settingsOf(dataset), model: { preset: 'layers', ...model } }, file);
  const classNames = found.classNames ?? datasetOf(config.dataset).classNames;
  requireClassNames({ classNames, config }, file);
  const spec = modelSpecOf(config);
  requireBuildable(spec);
  requireRoom(spec, { mostWeights, found: `${mostWeights}` }, file);
  // A model is built for its shapes and its topology; nothing is computed.
  const { backend } = await startComputing('wasm');
  const weights = await decodeWeights();
  const built = buildModel(spec, config.seed);
  const importedFrom: RunManifest['importedFrom'] = { file, sha256: found.sha256 };
  const run = createMemoryRun(
    newRunManifest({
      config,
      classNames,
      data: noImagesOf(config.dataset),
      importedFrom,
      backend,
      workers: 1,
      hardware: describeHardware(),
      versions: { '@dropout-lab/viewer': viewer.version },
      command: ['(dropped on the viewer)'],
      commit: null,
    }),
  );
  await run.saveCheckpoint('last', {
    modelTopology: built.toJSON(null, false) as object,
    snapshot: {
      weights: matchWeights(weights, await readWeights(built), file),
      slots: [],
      // None of its training happened here.
      progress: initialProgress(config.optimizer),
    },
  });
  run.append({ kind: 'checkpoint', time: Date.now(), name: 'last', epoch: 0, step: 0 });
  return readRun(await run.files(), file);
};

const settingsOf = (dataset: DatasetChoice | undefined): object => {
  if (dataset === undefined) return {};
  return typeof dataset === 'object' ? settingsOfImages(dataset, 0) : { dataset };
};
