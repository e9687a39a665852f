import { startBackend } from '@dropout-lab/backend/node';
import type { RunConfig } from '@dropout-lab/contracts';
import { prepareRunData, type RunData } from '@dropout-lab/data';
import { initializeRun, workersFor } from '@dropout-lab/experiment';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { type Replica, train } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { kernelsOf } from '../command/kernels.ts';
import type { Reporter } from '../command/reporter.ts';
import { dataLoader } from '../data/data.ts';
import { type RunOptions, reasonOf, replicasOn, requireWorkers } from './open-run.ts';

export interface EpochMeasurements {
  /** The backend that was measured, and the reason for it. */
  readonly backend: string;
  /** Of each configuration, what an epoch takes by its measured steps, validation included; NaN of a run of too few steps. */
  readonly epochSeconds: readonly number[];
}

/** The first steps allocate and compile. */
const WARM_UP = 3;
const MEASURED = 4;

/** Measures some training steps and a batch of validation of each configuration, on real images. Keeps nothing. */
export const measureEpochs = async (
  configs: readonly RunConfig[],
  options: RunOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<EpochMeasurements> => {
  const backend = await startBackend(options.backend, { kernels: kernelsOf(options) });
  const load = dataLoader(configs, options, reporter, signal);
  const epochSeconds: number[] = [];
  for (const config of configs) {
    const data = prepareRunData(await load(config), config);
    const model = buildModel(modelSpecOf(config), config.seed);
    initializeRun(model, config, data);
    requireWorkers(model, options.workers);
    const { count, start } = replicasOn(config, backend, options);
    const replica = await start(model, workersFor(model, count));
    try {
      epochSeconds.push(await measureEpoch(model, replica, config, data, signal));
    } finally {
      replica.dispose();
      model.dispose();
    }
  }
  return { backend: reasonOf(backend, options), epochSeconds };
};

const measureEpoch = async (
  model: LayersModel,
  replica: Replica,
  config: RunConfig,
  data: RunData,
  signal: AbortSignal,
): Promise<number> => {
  const times: number[] = [];
  const now = () => performance.now();
  // Without callbacks, since validation is measured by itself.
  const steps = { ...config, classWeight: data.classWeight, callbacks: [], maxSteps: null };
  for await (const { kind, time } of train({
    model,
    config: steps,
    train: data.train,
    replica,
    signal,
    now,
  })) {
    if (kind === 'step') times.push(time);
    if (times.length === WARM_UP + MEASURED) break;
  }
  const measured = times.slice(WARM_UP - 1);
  const stepSeconds = (measured.at(-1)! - measured[0]!) / 1000 / (measured.length - 1);
  const validationSeconds = data.validation ? await measureValidation(replica, data.validation) : 0;
  return stepSeconds * data.train.batchesPerEpoch + validationSeconds;
};

const measureValidation = async (replica: Replica, validation: RunData['test']): Promise<number> => {
  const batch = await validation.batch(0, 0);
  await replica.logits(batch);
  const started = performance.now();
  await replica.logits(batch);
  return ((performance.now() - started) / 1000) * validation.batchesPerEpoch;
};
