import type { BackendChoice } from '@dropout-lab/backend/node';
import { startBackend } from '@dropout-lab/backend/node';
import { DropoutLabError, type NamedArray, type Predictions } from '@dropout-lab/contracts';
import type { LoadedDataset } from '@dropout-lab/data';
import { prepareRunData } from '@dropout-lab/data';
import { evaluateImages } from '@dropout-lab/experiment';
import { mostConfident } from '@dropout-lab/metrics';
import { buildModel, modelSpecOf, writeWeights } from '@dropout-lab/model';
import { openRunDirectory, type RunReader } from '@dropout-lab/runs/node';
import type { ArmGallery, StudyRun } from '@dropout-lab/study';
import { createReplica } from '@dropout-lab/training';
import sharp from 'sharp';
import type { Reporter } from '../command/reporter.ts';
import { type DataOptions, dataLoader } from '../data/data.ts';

export interface GalleryOptions extends DataOptions {
  readonly backend: BackendChoice;
}

const MISTAKES = 12;

/**
 * What the models of runs can show: their most confident mistakes and their first filters. A run whose checkpoint
 * or images are not to be had is left out, with a line that says why.
 */
export const galleriesOf = async (
  runs: readonly StudyRun[],
  options: GalleryOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<ArmGallery[]> => {
  const galleries: ArmGallery[] = [];
  const load = dataLoader(options, reporter, signal);
  for (const run of runs) {
    try {
      const data = await load(run.config.dataset);
      reporter.progress(`Looking at ${run.arm.name}, seed ${run.seed}`);
      galleries.push(await galleryOf(run, data, options, signal));
    } catch (error) {
      if (!(error instanceof DropoutLabError)) throw error;
      reporter.line(`No pictures of ${run.arm.name}, seed ${run.seed}: ${error.message}`);
    }
  }
  return galleries;
};

const galleryOf = async (
  { arm, seed, path }: StudyRun,
  data: LoadedDataset,
  { backend }: GalleryOptions,
  signal: AbortSignal,
): Promise<ArmGallery> => {
  const reader = await openRunDirectory(path);
  const { weights } = (await reader.loadCheckpoint('last')).snapshot;
  const predictions =
    (await reader.readPredictions()) ?? (await predict(reader, weights, data, backend, signal));
  return {
    arm: arm.name,
    seed,
    mistakes: await Promise.all(
      mostConfident(predictions)
        .slice(0, MISTAKES)
        .map(async (image) => ({
          image,
          src: await pngOfImage(data, image),
          actual: data.test.classNames[predictions.labels[image]!]!,
          predicted: data.test.classNames[predictions.predicted[image]!]!,
          confidence: predictions.confidence[image]!,
        })),
    ),
    filters: await pngsOfFilters(weights),
  };
};

/** Of a run that was made before predictions were kept. */
const predict = async (
  { manifest: { config, classNames } }: RunReader,
  weights: readonly NamedArray[],
  data: LoadedDataset,
  backend: BackendChoice,
  signal: AbortSignal,
): Promise<Predictions> => {
  await startBackend(backend);
  const model = buildModel(modelSpecOf(config), config.seed);
  try {
    writeWeights(model, weights);
    const { test } = prepareRunData(data, config);
    return (await evaluateImages(createReplica(model), test, classNames, { signal })).predictions;
  } finally {
    model.dispose();
  }
};

const pngOfImage = ({ test }: LoadedDataset, image: number): Promise<string> => {
  const [height, width, channels] = test.imageShape;
  const size = height * width * channels;
  return pngUrl(test.images.subarray(image * size, (image + 1) * size), [width, height, channels], 3);
};

/** The kernel of the first convolution, of shape [height, width, channels, filters], of images in colour or grey. */
const pngsOfFilters = async (weights: readonly NamedArray[]): Promise<string[]> => {
  const kernel = weights.find(({ shape }) => shape.length === 4);
  if (kernel === undefined) return [];
  const [height, width, channels, count] = kernel.shape as [number, number, number, number];
  if (channels !== 1 && channels !== 3) return [];
  return Promise.all(
    Array.from({ length: count }, (_, filter) => {
      const values = Array.from(
        { length: height * width * channels },
        (_, i) => kernel.values[i * count + filter]!,
      );
      const largest = Math.max(...values.map(Math.abs)) || 1;
      return pngUrl(
        Uint8Array.from(values, (value) => Math.round(127.5 + (127.5 * value) / largest)),
        [width, height, channels],
        8,
      );
    }),
  );
};

/** @param pixels Bytes of 1 or 3 channels, row-major, each pixel to be enlarged to a square of `scale` pixels. */
const pngUrl = async (
  pixels: Uint8Array,
  [width, height, channels]: readonly [number, number, number],
  scale: number,
): Promise<string> => {
  const png = await sharp(pixels, { raw: { width, height, channels: channels as 1 | 3 } })
    .resize(width * scale, height * scale, { kernel: 'nearest' })
    .png({ compressionLevel: 9 })
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
};
