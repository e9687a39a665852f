import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import {
  ConfigError,
  datasetKey,
  datasetOf,
  type ImageFit,
  type PlainObject,
  parseRunConfigAt,
  type RunConfig,
  requireClassNames,
  writtenConfig,
} from '@dropout-lab/contracts';
import { settingsOfImages } from '@dropout-lab/data';
import { sha256 } from '@dropout-lab/files';
import { requireRoom, type WeightShape } from '@dropout-lab/interchange';
import { buildModel, modelSpecOf, readWeights } from '@dropout-lab/model';
import { noImagesOf } from '@dropout-lab/runs';
import { initialProgress } from '@dropout-lab/training';
import { type ConfigOptions, readConfigFile, readRunConfig } from '../../command/read-run-config.ts';
import type { Reporter } from '../../command/reporter.ts';
import { type ImagesOptions, type PreparationOptions, withImages } from '../../data/own-images.ts';
import { createRun } from '../../train/create-run.ts';
import { requirePlace } from '../../train/require-place.ts';
import { requireRunnable } from '../../train/require-runnable.ts';
import { refused } from '../export/refused.ts';
import type { ModelSource } from './model-source.ts';
import { readModelFile } from './read-model-file.ts';
import { readModelSource } from './read-model-source.ts';

export interface ImportOptions extends ConfigOptions, ImagesOptions, Pick<PreparationOptions, 'fit'> {
  readonly runDir?: string;
}

/** Returns the settings that a file brings along; none where the user names a data set. @throws ConfigError */
const settingsOfFile = (
  { dataset: own }: ModelSource,
  file: string,
  { dataset }: ImportOptions,
  described: PlainObject,
): PlainObject => {
  if (own === undefined || dataset !== undefined || 'dataset' in described) return {};
  const settings = typeof own === 'object' ? { ...settingsOfImages(own, 0) } : { dataset: own };
  parseRunConfigAt(settings, file);
  return settings;
};

/** The shape of images that the file of `--config` gives its model, which has been looked at as its part. */
const inputShapeIn = ({ model }: PlainObject): RunConfig['model']['inputShape'] =>
  (model as { readonly inputShape?: RunConfig['model']['inputShape'] } | undefined)?.inputShape ?? null;

/** The way in which the pictures that a model was trained on were fitted into its images, as far as its file says. */
const fitOf = ({ dataset }: ModelSource): ImageFit | undefined =>
  typeof dataset === 'object' ? dataset.fit : undefined;

/** Whether a model's classes and images are nobody's: its file does not say which they are, nor does the user. */
const isAssumed = ({ classNames, dataset }: ModelSource, config: RunConfig): boolean =>
  classNames === undefined && dataset !== undefined && datasetKey(dataset) === datasetKey(config.dataset);

/** @throws ConfigError when the pictures of `--images` are of other classes than the file's. */
const requireSameClasses = (images: string, found: readonly string[], expected: readonly string[]): void => {
  const at = expected.findIndex((name, label) => name !== found[label]);
  if (at < 0 && found.length === expected.length) return;
  throw new ConfigError(
    `--images ${images}: expected the classes of the model, ${at < 0 ? `${expected.length} of them` : `${expected[at]} as number ${at}`}, found ${at < 0 ? found.length : (found[at] ?? 'none')}: give pictures of those classes`,
  );
};

/**
 * `dropout-lab import`: makes a run of a model that Keras 3, TensorFlow.js or another run has saved, for `evaluate`, `predict` and `export`.
 * Its directory is made when the weights are known to fit.
 *
 * @param command The command line, for the manifest.
 * @returns The exit code.
 */
export const importCommand = async (
  file: string,
  { runDir, images, test, fit: wanted, ...options }: ImportOptions,
  command: readonly string[],
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  // Pictures decide on the number of classes, and with it on whether a model fits, and on its size.
  const given = images === undefined ? await readRunConfig(options) : undefined;
  if (given) requireRunnable(given);
  await requirePlace(runDir, images);
  const described = await readConfigFile(options);
  const isDescribed = 'model' in described;
  // Models are built for their shapes and their topology; nothing is computed.
  const backend = await startBackend('cpu');
  const bytes = await readModelFile(file, async (kind) =>
    given && (kind === 'hdf5' || isDescribed) ? (await build(given)).shapes : undefined,
  );
  const source = await refused(() => readModelSource(bytes, file, isDescribed));
  const [height, width] = source.model?.inputShape ?? inputShapeIn(described) ?? [];
  const size = images === undefined || height === undefined ? undefined : ([height, width!] as const);
  const fit = wanted ?? (images === undefined ? undefined : fitOf(source));
  const config = await withImages(
    { images, test, size, fit },
    async (own = settingsOfFile(source, file, options, described)) => {
      const settings = await readRunConfig(options, own);
      if (source.model === undefined) return settings;
      return parseRunConfigAt(
        { ...writtenConfig(settings), model: { preset: 'layers', ...source.model } },
        file,
      );
    },
    requireRunnable,
    reporter,
    signal,
  );
  requireRunnable(config);
  const known = datasetOf(config.dataset).classNames;
  const classNames = source.classNames ?? known;
  requireClassNames({ classNames, config }, file);
  if (images !== undefined) requireSameClasses(images, known, classNames);
  if (source.model !== undefined) {
    const { mostWeights } = source;
    requireRoom(modelSpecOf(config), { mostWeights, found: `room for ${Math.floor(mostWeights)}` }, file);
  }
  const { shapes, modelTopology, parameters } = await build(config);
  const weights = await refused(() => source.decode(shapes, config));

  const run = await createRun(
    {
      config,
      classNames,
      data: noImagesOf(config.dataset),
      importedFrom: { file: basename(file), sha256: await sha256(bytes) },
      command,
      backend,
      workers: 1,
    },
    runDir,
  );
  let isWhole = false;
  try {
    await run.saveCheckpoint('last', {
      modelTopology,
      // None of its training happened here.
      snapshot: { weights, slots: [], progress: initialProgress(config.optimizer) },
    });
    run.append({ kind: 'checkpoint', time: Date.now(), name: 'last', epoch: 0, step: 0 });
    isWhole = true;
  } finally {
    await run.close();
    // Without its weights it would be in the way of the next attempt.
    if (!isWhole) await rm(run.path, { recursive: true, force: true });
  }
  reporter.line(`Imported ${parameters} parameters from ${file}`);
  for (const note of source.notes) reporter.line(note);
  if (isAssumed(source, config))
    reporter.line(
      'No file names its classes, which are numbered; --dataset or --images, given to import, names them',
    );
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
