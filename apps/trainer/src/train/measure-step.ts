import { startBackend } from '@dropout-lab/backend/node';
import { datasetOf, type RunConfig, type Targets } from '@dropout-lab/contracts';
import { createBatches, type DatasetBatches, mixBatches } from '@dropout-lab/data';
import { initializeRun, workersFor } from '@dropout-lab/experiment';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { randomKey, uint32s } from '@dropout-lab/random';
import { train } from '@dropout-lab/training';
import { type RunOptions, replicasOn, requireWorkers } from './open-run.ts';

const WARM_UP = 2;
const MOST_STEPS = 8;
/** Measured steps are repeated so long. */
const ENOUGH_SECONDS = 1;

/**
 * Returns the seconds of a training step of a run on a backend: the shortest of a few, after those that allocate and compile.
 * On noise instead of the run's images, which need not be there yet.
 *
 * @throws BackendError when the backend cannot be started.
 */
export const measureStep = async (
  config: RunConfig,
  options: RunOptions,
  signal: AbortSignal,
): Promise<number> => {
  const backend = await startBackend(options.backend, { onlyHardware: true });
  const model = buildModel(modelSpecOf(config), config.seed);
  const noise = noiseFor(config);
  initializeRun(model, config, { firstTrainImages: () => noise.batch(0, 0) });
  requireWorkers(model, options.workers);
  const { count, start } = replicasOn(config, backend, options);
  const replica = await start(model, workersFor(model, count));
  try {
    const times = [performance.now()];
    const now = () => performance.now();
    // Without callbacks and validation, which are the same on each.
    const steps = { ...config, callbacks: [], maxSteps: null };
    for await (const { kind, time } of train({
      model,
      config: steps,
      train: noise,
      replica,
      signal,
      now,
    })) {
      if (kind === 'step') times.push(time);
      const warmUp = times[WARM_UP];
      if (warmUp !== undefined && times.length > WARM_UP + 1 && time - warmUp > ENOUGH_SECONDS * 1000) break;
      if (times.length > MOST_STEPS) break;
    }
    signal.throwIfAborted();
    const steady = times.slice(WARM_UP);
    return Math.min(...steady.slice(1).map((time, i) => time - steady[i]!)) / 1000;
  } finally {
    replica.dispose();
    model.dispose();
  }
};

/** Batches of random pixels, of the size of the run's. */
const noiseFor = ({
  dataset,
  batchSize,
  limitTrain,
  augmentation,
  model,
  seed,
}: RunConfig): DatasetBatches<Targets> => {
  const { dataFormat } = model;
  const { mixup, cutmix, ...placing } = augmentation;
  const { imageShape, classNames } = datasetOf(dataset);
  const count = Math.min(batchSize, limitTrain ?? batchSize);
  const pixels = imageShape.reduce((size, length) => size * length, count);
  const key = randomKey(seed);
  const words = uint32s(key, Math.ceil(pixels / 4));
  const cut = createBatches(
    {
      images: new Uint8Array(words.buffer, words.byteOffset, pixels),
      labels: Uint16Array.from({ length: count }, (_, i) => i % classNames.length),
      imageShape,
      classNames,
    },
    { batchSize, augmentation: placing, augmentationKey: key, dataFormat },
  );
  const mixing = {
    augmentation: { mixup, cutmix },
    augmentationKey: key,
    classes: classNames.length,
    dataFormat,
  };
  const batches = mixBatches(cut, mixing);
  return {
    ...batches,
    size: count * MOST_STEPS,
    batchSize: count,
    batchesPerEpoch: MOST_STEPS,
    batch: (_, index) => batches.batch(index, 0),
  };
};
