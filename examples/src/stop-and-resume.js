// Stops a run in the middle of an epoch and goes on with it from the checkpoint on disk. It ends with the very weights
// of a run that was never stopped.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeHardware, startBackend } from '@dropout-lab/backend/node';
import { createBatches, limit } from '@dropout-lab/cifar';
import { loadSample } from '@dropout-lab/cifar/sample';
import { parseRunConfig, RUN_SCHEMA_VERSION } from '@dropout-lab/contracts';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { fold, randomKey } from '@dropout-lab/random';
import { createRunDirectory, resumeRunDirectory } from '@dropout-lab/runs/node';
import { train } from '@dropout-lab/training';

const backend = await startBackend('auto');
console.log(backend.reason);

const config = parseRunConfig({ model: { filters: [8, 8], units: [32] }, batchSize: 25, epochs: 3 });
const images = limit(loadSample().train, 200);
const batches = createBatches(images, {
  batchSize: config.batchSize,
  shuffle: fold(randomKey(config.seed), 'shuffle'),
});

/** @param {string} path @returns The directory of a new run. */
const begin = (path) =>
  createRunDirectory(path, {
    schemaVersion: RUN_SCHEMA_VERSION,
    id: 'example',
    createdAt: new Date().toISOString(),
    config,
    classNames: [...images.classNames],
    backend: { name: backend.name, description: backend.description, workers: 1 },
    hardware: describeHardware(),
    data: { dataset: 'cifar10', sha256: {}, trainImages: 200, validationImages: 0, testImages: 0 },
    versions: { ...backend.versions },
    command: [],
    commit: null,
  });

/**
 * Trains until the end, or until `stopAfter` updates, and leaves everything in the run's directory.
 *
 * @param {import('@dropout-lab/runs/node').RunDirectory} run
 * @param {number} [stopAfter]
 * @returns A digest of the weights.
 */
const goOn = async (run, stopAfter) => {
  const model = buildModel(modelSpecOf(config), config.seed);
  const resumeFrom = (await run.hasCheckpoint('last'))
    ? (await run.loadCheckpoint('last')).snapshot
    : undefined;
  const stop = new AbortController();
  const modelTopology = /** @type {object} */ (model.toJSON(null, false));
  const events = train({
    model,
    config,
    train: batches,
    resumeFrom,
    signal: stop.signal,
    checkpoints: { save: (name, snapshot) => run.saveCheckpoint(name, { modelTopology, snapshot }) },
  });
  for await (const event of events) {
    run.append(event.kind === 'training-ended' ? { ...event, kind: 'run-ended' } : event);
    if (event.kind === 'step' && event.step === stopAfter) stop.abort();
    if (event.kind === 'training-ended') console.log(`${event.reason} after step ${event.step}`);
  }
  await run.close();

  const digest = createHash('sha256');
  for (const weights of model.getWeights()) digest.update(await weights.data());
  model.dispose();
  return digest.digest('hex');
};

const folder = await mkdtemp(join(tmpdir(), 'stop-and-resume-'));
try {
  const whole = await goOn(await begin(join(folder, 'whole')));
  await goOn(await begin(join(folder, 'stopped')), 13);
  const resumed = await goOn(await resumeRunDirectory(join(folder, 'stopped')));
  console.log(`weights of the run that was never stopped: ${whole}`);
  console.log(`weights of the run that was resumed:       ${resumed}`);
  if (resumed !== whole) throw new Error('expected the same weights');
} finally {
  await rm(folder, { recursive: true });
}
