// Stops a run in the middle of an epoch and resumes it from the checkpoint on disk. It ends with exactly the weights of
// a run that was never stopped.
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeHardware, startBackend } from '@dropout-lab/backend/node';
import { loadSample } from '@dropout-lab/cifar/sample';
import { parseRunConfig } from '@dropout-lab/contracts';
import { prepareRunData } from '@dropout-lab/data';
import { runExperiment } from '@dropout-lab/experiment';
import { newRunManifest } from '@dropout-lab/runs';
import { createRunDirectory, openRunDirectory, resumeRunDirectory } from '@dropout-lab/runs/node';

const backend = await startBackend('auto');
console.log(backend.reason);

const config = parseRunConfig({
  model: { filters: [8, 8], units: [32] },
  batchSize: 25,
  epochs: 3,
  limitTrain: 200,
  validationSplit: 0,
});
const data = prepareRunData(loadSample(), config);

/** @param {string} path */
const begin = async (path) => {
  const manifest = newRunManifest({
    config,
    classNames: data.classNames,
    data: data.description,
    backend,
    workers: 1,
    hardware: describeHardware(),
    versions: {},
    command: [],
    commit: null,
  });
  return { run: await createRunDirectory(path, manifest) };
};

/** @param {string} path */
const resume = async (path) => {
  const run = await resumeRunDirectory(path);
  return { run, resumeFrom: (await run.loadCheckpoint('last')).snapshot };
};

/**
 * Trains until the end, or until `stopAfter` updates, and leaves everything in the run's directory.
 *
 * @param {import('@dropout-lab/experiment').ExperimentOptions['open']} open
 * @param {number} [stopAfter]
 */
const train = async (open, stopAfter) => {
  const stop = new AbortController();
  for await (const event of runExperiment({ config, data, open, signal: stop.signal })) {
    if (event.kind === 'step' && event.step === stopAfter) stop.abort();
    if (event.kind === 'run-ended') console.log(`${event.reason} after step ${event.step}`);
  }
};

/** @param {string} path @returns A digest of the weights. */
const digestOf = async (path) => {
  const { snapshot } = await (await openRunDirectory(path)).loadCheckpoint('last');
  const digest = createHash('sha256');
  for (const { values } of snapshot.weights) digest.update(values);
  return digest.digest('hex');
};

const folder = await mkdtemp(join(tmpdir(), 'stop-and-resume-'));
const [whole, stopped] = [join(folder, 'whole'), join(folder, 'stopped')];
try {
  await train(() => begin(whole));
  await train(() => begin(stopped), 13);
  await train(() => resume(stopped));
  const [expected, resumed] = [await digestOf(whole), await digestOf(stopped)];
  console.log(`weights of the run that was never stopped: ${expected}`);
  console.log(`weights of the run that was resumed:       ${resumed}`);
  if (resumed !== expected) throw new Error('expected the same weights');
} finally {
  await rm(folder, { recursive: true });
}
