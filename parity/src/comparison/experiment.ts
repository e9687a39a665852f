import {
  type BackendChoice,
  BackendError,
  type StartedBackend,
  startBackend,
  type WasmKernels,
} from '@dropout-lab/backend/node';
import type { DatasetChoice, ImageDataset } from '@dropout-lab/contracts';
import { type ExchangeFolder, withExchangeFolder } from '../exchange.ts';
import { runScript } from '../python.ts';
import { compare, compareSingleSteps, type RunComparison, type Runner } from './compare.ts';
import { readSingleSteps, readStates, readTrace } from './keras-trace.ts';
import type { Scenario } from './scenarios.ts';
import { type Trace, type TrainingState, traceOurs, traceSingleSteps } from './trace.ts';
import {
  createSource,
  type ScenarioWorkload,
  type Workload,
  type WorkloadSize,
  writeWorkload,
} from './workload.ts';

/** A backend that Node may have. */
export type ParityBackend = Exclude<BackendChoice, 'auto'>;

/** Trainings to compare: their size, and the backends on which they run besides Keras. */
export interface Experiment {
  readonly scenarios: readonly Scenario[];
  readonly size: WorkloadSize;
  readonly backends: readonly ParityBackend[];
  /** Those of wasm; the plain ones when left out. */
  readonly kernels?: WasmKernels;
}

export interface ExperimentResult {
  readonly scenarios: readonly Scenario[];
  readonly size: WorkloadSize;
  /** First Keras with other kernels, then our backends. */
  readonly runs: readonly RunComparison[];
  readonly started: readonly StartedBackend[];
  /** Reasons why backends are missing. */
  readonly missing: readonly string[];
  readonly kerasVersions: Readonly<Record<string, string>>;
}

/** A way to run keras/train.py. */
interface KerasVariant {
  readonly name: string;
  readonly title: string;
  readonly flags?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

const reference: KerasVariant = { name: 'reference', title: 'Keras' };
const statesOfReference = ['--states-of', reference.name];

/** Variants of Keras that show how far rounding alone takes Keras from itself: no promise can be stricter than they are. */
const yardsticks: readonly KerasVariant[] = [
  {
    name: 'no-onednn',
    title: 'Keras without oneDNN',
    flags: statesOfReference,
    environment: { TF_ENABLE_ONEDNN_OPTS: '0' },
  },
  { name: 'float64', title: 'Keras in float64', flags: [...statesOfReference, '--float64'] },
  {
    name: 'half-ulp',
    title: 'Keras from weights changed by half an ulp',
    flags: [...statesOfReference, '--half-ulp'],
  },
];

/** Keras's run of a scenario. */
interface KerasRun {
  readonly scenario: Scenario;
  readonly workload: ScenarioWorkload;
  readonly trace: Trace;
  readonly states: readonly TrainingState[];
}

/** Trains every scenario in Keras, in Keras with other kernels and on each backend, and compares all with the first. */
export const runExperiment = (
  { scenarios, size, backends, kernels }: Experiment,
  images: ReadonlyMap<DatasetChoice, ImageDataset>,
  python: string,
): Promise<ExperimentResult> =>
  withExchangeFolder(async (folder) => {
    const datasets = new Set(scenarios.map(({ config }) => config.dataset));
    const sources = new Map(
      [...images]
        .filter(([name]) => datasets.has(name))
        .map(([name, one]) => [name, createSource(one, size.batchSize)]),
    );
    // Any backend can build the initial weights.
    await startBackend('cpu');
    const workload = await writeWorkload(folder, sources, scenarios, size);
    for (const { name, title, flags = [], environment = {} } of [reference, ...yardsticks]) {
      say(`${title}, ${describeSize(size)}`);
      await runScript(python, 'train.py', [folder.path, name, ...flags], environment);
    }
    const kerasRuns = await readReference(folder, scenarios, workload);
    const runs: RunComparison[] = [];
    for (const { name, title } of yardsticks) {
      for (const kerasRun of kerasRuns) {
        const together = await readTrace(folder, kerasRun.workload, name, size);
        const single = await readSingleSteps(folder, kerasRun.workload, name, size);
        runs.push(compareRun(kerasRun, { title, isOurs: false }, size, together, single));
      }
    }
    const started: StartedBackend[] = [];
    const missing: string[] = [];
    for (const choice of backends) {
      const backend = await startOrExplain(choice, choice === 'wasm' ? kernels : undefined);
      if (typeof backend === 'string') {
        missing.push(backend);
        continue;
      }
      started.push(backend);
      for (const kerasRun of kerasRuns) {
        const { scenario, states } = kerasRun;
        const source = sources.get(scenario.config.dataset)!;
        say(`${backend.description}, ${describeSize(size)}: ${scenario.summary}`);
        const together = await traceOurs(scenario, source, size);
        const single = await traceSingleSteps(scenario, source, states.slice(0, -1));
        runs.push(compareRun(kerasRun, { title: backend.description, isOurs: true }, size, together, single));
      }
    }
    const kerasVersions = (await folder.readJson(`keras.${reference.name}.json`)) as Record<string, string>;
    return { scenarios, size, runs, started, missing, kerasVersions };
  });

export const describeSize = ({ batchSize, steps }: WorkloadSize): string =>
  `${steps} steps of ${batchSize} images`;

const readReference = (
  folder: ExchangeFolder,
  scenarios: readonly Scenario[],
  workload: Workload,
): Promise<KerasRun[]> =>
  Promise.all(
    workload.scenarios.map(async (one, i) => ({
      scenario: scenarios[i]!,
      workload: one,
      trace: await readTrace(folder, one, reference.name, workload),
      states: await readStates(folder, one, reference.name, workload),
    })),
  );

const compareRun = (
  { scenario, trace, states }: KerasRun,
  runner: Runner,
  size: WorkloadSize,
  together: Trace,
  single: Trace,
): RunComparison => {
  const endsOfSteps = { ...trace, weights: states.slice(1).map(({ weights }) => weights) };
  return {
    scenario,
    runner,
    together: compare(size, trace, together),
    single: compareSingleSteps(endsOfSteps, single),
  };
};

/** Starts a backend, or returns the reason why it is not available. */
const startOrExplain = async (
  choice: ParityBackend,
  kernels: WasmKernels | undefined,
): Promise<StartedBackend | string> => {
  try {
    return await startBackend(choice, { kernels });
  } catch (error) {
    if (error instanceof BackendError) return error.message;
    throw error;
  }
};

const say = (line: string): void => {
  process.stderr.write(`parity: ${line} …\n`);
};
