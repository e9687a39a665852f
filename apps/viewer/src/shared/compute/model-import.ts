import { describeHardware } from '@dropout-lab/backend/browser';
import {
  ConfigError,
  type DatasetChoice,
  datasetOf,
  parseRunConfigAt,
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

/** The service that makes a run of a model in a file, as the command's `import` does. */
export const modelImport = {
  /**
   * @param file The file's name.
   * @returns The files of the run's directory.
   * @throws InterchangeError, ConfigError or ModelError that says what was expected and found.
   */
  importSafetensors: async (
    bytes: Uint8Array,
    file: string,
  ): Promise<Record<string, string | Uint8Array>> => {
    const { weights, model, describedData } = decodeSafetensorsModel(bytes, file);
    if (model === undefined) {
      throw new ConfigError(
        `${file}: expected a model that dropout-lab has exported, with its layers, found weights alone; with a description of the model they become a run: dropout-lab import FILE --config run.json`,
      );
    }
    const config = parseRunConfigAt(
      { ...settingsOf(describedData?.dataset), model: { preset: 'layers', ...model } },
      file,
    );
    const classNames = describedData?.classNames ?? datasetOf(config.dataset).classNames;
    requireClassNames({ classNames, config }, file);
    requireBuildable(modelSpecOf(config));
    const mostWeights = weights.reduce((sum, { values }) => sum + values.length, 0);
    requireRoom(modelSpecOf(config), { mostWeights, found: `${mostWeights}` }, file);
    // A model is built for its shapes and its topology; nothing is computed.
    const { backend } = await startComputing('wasm');
    const built = buildModel(modelSpecOf(config), config.seed);
    const run = createMemoryRun(
      newRunManifest({
        config,
        classNames,
        data: noImagesOf(config.dataset),
        importedFrom: { file, sha256: await sha256(bytes) },
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
    return run.files();
  },
};

const settingsOf = (dataset: DatasetChoice | undefined): object => {
  if (dataset === undefined) return {};
  return typeof dataset === 'object' ? settingsOfImages(dataset, 0) : { dataset };
};
