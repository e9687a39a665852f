import { describeHardware } from '@dropout-lab/backend/browser';
import {
  ConfigError,
  type DatasetChoice,
  datasetKey,
  datasetOf,
  parseRunConfigAt,
  type RunConfig,
  requireClassNames,
} from '@dropout-lab/contracts';
import { settingsOfImages } from '@dropout-lab/data';
import { sha256 } from '@dropout-lab/files';
import { decodeSafetensorsModel, matchWeights } from '@dropout-lab/interchange';
import {
  buildModel,
  countKernelWeights,
  modelSpecOf,
  readWeights,
  requireBuildable,
} from '@dropout-lab/model';
import { createMemoryRun, newRunManifest } from '@dropout-lab/runs';
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
    requireRoom(
      config,
      weights.reduce((sum, { values }) => sum + values.length, 0),
      file,
    );
    // A model is built for its shapes and its topology; nothing is computed.
    const { backend } = await startComputing('wasm');
    const built = buildModel(modelSpecOf(config), config.seed);
    const run = createMemoryRun(
      newRunManifest({
        config,
        classNames,
        data: {
          dataset: datasetKey(config.dataset),
          sha256: {},
          trainImages: 0,
          validationImages: 0,
          testImages: 0,
        },
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

/** @throws ConfigError when a file is too short for the layers that it describes, which would be made for nothing. */
const requireRoom = (config: RunConfig, most: number, file: string): void => {
  const weights = countKernelWeights(modelSpecOf(config));
  if (weights <= most) return;
  throw new ConfigError(
    `${file}: expected the ${weights} weights, or more, of the layers that it describes, found ${most}: save it again, or copy it again`,
  );
};
