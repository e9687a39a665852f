import { type BackendChoice, startBackend } from '@dropout-lab/backend/node';
import { firstKernel, mistakesOf } from '@dropout-lab/charts';
import { DropoutLabError, type NamedArray, type Predictions } from '@dropout-lab/contracts';
import { imagesAt, prepareRunData, type RunImages } from '@dropout-lab/data';
import { evaluateImages, viewsOf } from '@dropout-lab/experiment';
import { mostConfident } from '@dropout-lab/metrics';
import { buildModel, modelSpecOf, writeWeights } from '@dropout-lab/model';
import { openRunDirectory, type RunReader } from '@dropout-lab/runs/node';
import type { StudyRun } from '@dropout-lab/study';
import type { ArmGallery } from '@dropout-lab/study/report';
import { createReplica } from '@dropout-lab/training';
import type { Reporter } from '../command/reporter.ts';
import { type DataOptions, dataLoader } from '../data/data.ts';

export interface GalleryOptions extends DataOptions {
  readonly backend: BackendChoice;
}

const MISTAKES = 12;

/**
 * Returns the galleries of runs: their models' most confident mistakes and first filters. A run whose checkpoint or
 * images are not available is left out, with a line that says why.
 */
export const galleriesOf = async (
  runs: readonly StudyRun[],
  options: GalleryOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<ArmGallery[]> => {
  const galleries: ArmGallery[] = [];
  const configs = runs.map(({ config }) => config);
  const load = dataLoader(configs, options, reporter, signal);
  for (const run of runs) {
    try {
      const data = await load(run.config);
      reporter.progress(`Looking at ${run.arm.name}, seed ${run.seed}`);
      galleries.push(await galleryOf(run, data, options, signal));
    } catch (error) {
      if (!(error instanceof DropoutLabError)) throw error;
      reporter.line(`No pictures of ${run.arm.name}, seed ${run.seed}: ${error.message}`);
    }
  }
  return galleries;
};

/** Returns the gallery of a run. Of images that are stored none but those that it shows are read, unless they are to be predicted first. */
export const galleryOf = async (
  { arm, seed, path }: StudyRun,
  data: RunImages,
  { backend }: Pick<GalleryOptions, 'backend'>,
  signal: AbortSignal,
): Promise<ArmGallery> => {
  const reader = await openRunDirectory(path);
  const { weights } = (await reader.loadCheckpoint('last')).snapshot;
  const predictions =
    (await reader.readPredictions()) ?? (await predict(reader, weights, data, backend, signal));
  const chosen = mostConfident(predictions).slice(0, MISTAKES);
  return {
    arm: arm.name,
    seed,
    mistakes: mistakesOf(await imagesAt(data.test, chosen), predictions, chosen),
    kernel: firstKernel(weights, data.test.imageShape[2]),
  };
};

/** Of a run that was made before predictions were kept. */
const predict = async (
  { manifest: { config, classNames } }: RunReader,
  weights: readonly NamedArray[],
  data: RunImages,
  backend: BackendChoice,
  signal: AbortSignal,
): Promise<Predictions> => {
  await startBackend(backend);
  const model = buildModel(modelSpecOf(config), config.seed);
  try {
    writeWeights(model, weights);
    const { test } = prepareRunData(data, config);
    const views = viewsOf(config);
    return (await evaluateImages(createReplica(model), test, classNames, { signal, views })).predictions;
  } finally {
    model.dispose();
  }
};
