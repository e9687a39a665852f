import {
  type BackendChoice,
  BackendError,
  type StartedBackend,
  startBackend,
} from '@dropout-lab/backend/node';
import type { ImageDataset } from '@dropout-lab/contracts';
import { type Comparison, compare } from './compare.ts';
import { type ExchangeFolder, withExchangeFolder } from './exchange.ts';
import { runScript } from './python.ts';
import { scenarios } from './scenarios.ts';
import { readTrace, type Trace, traceOurs } from './trace.ts';
import { createSource, type Workload, type WorkloadSize, writeWorkload } from './workload.ts';

/** A backend that Node may have. */
export type ParityBackend = Exclude<BackendChoice, 'auto'>;

/** The same training, in Keras and on some of our backends. */
export interface Experiment {
  readonly size: WorkloadSize;
  readonly backends: readonly ParityBackend[];
}

export interface ExperimentResult {
  readonly size: WorkloadSize;
  readonly comparisons: readonly Comparison[];
  readonly started: readonly StartedBackend[];
  /** Why a backend is missing. */
  readonly missing: readonly string[];
  readonly kerasVersions: Readonly<Record<string, string>>;
}

const reference = { name: 'reference', environment: {} };

/** Keras computing otherwise, so that one sees how far rounding alone takes it from itself. */
const yardstick = {
  name: 'yardstick',
  title: 'Keras without oneDNN',
  environment: { TF_ENABLE_ONEDNN_OPTS: '0' },
};

/** Trains every scenario in Keras, in Keras computing otherwise and on each backend, and compares with the first. */
export const runExperiment = (
  { size, backends }: Experiment,
  images: ImageDataset,
  python: string,
): Promise<ExperimentResult> =>
  withExchangeFolder(async (folder) => {
    const source = createSource(images, size.batchSize);
    // Any backend will do to build the initial weights.
    await startBackend('cpu');
    const workload = await writeWorkload(folder, source, size);
    for (const { name, environment } of [reference, yardstick]) {
      say(`Keras (${name}), ${describeSize(size)}`);
      await runScript(python, 'train.py', [folder.path, name], environment);
    }
    const expected = await readTraces(folder, workload, reference.name);
    const compareAll = (runner: string, traces: readonly Trace[]): Comparison[] =>
      scenarios.map((scenario, i) => compare(scenario, runner, size, expected[i]!, traces[i]!));

    const comparisons = compareAll(yardstick.title, await readTraces(folder, workload, yardstick.name));
    const started: StartedBackend[] = [];
    const missing: string[] = [];
    for (const choice of backends) {
      const backend = await startOrExplain(choice);
      if (typeof backend === 'string') {
        missing.push(backend);
        continue;
      }
      started.push(backend);
      const traces: Trace[] = [];
      for (const scenario of scenarios) {
        say(`${backend.description}, ${describeSize(size)}: ${scenario.summary}`);
        traces.push(await traceOurs(scenario, source, size));
      }
      comparisons.push(...compareAll(backend.description, traces));
    }
    const kerasVersions = (await folder.readJson(`keras.${reference.name}.json`)) as Record<string, string>;
    return { size, comparisons, started, missing, kerasVersions };
  });

export const describeSize = ({ batchSize, steps }: WorkloadSize): string =>
  `${steps} steps of ${batchSize} images`;

const readTraces = (folder: ExchangeFolder, workload: Workload, variant: string): Promise<Trace[]> =>
  Promise.all(scenarios.map((scenario) => readTrace(folder, scenario, variant, workload)));

/** The backend, or why it cannot be had. */
const startOrExplain = async (choice: ParityBackend): Promise<StartedBackend | string> => {
  try {
    return await startBackend(choice);
  } catch (error) {
    if (error instanceof BackendError) return error.message;
    throw error;
  }
};

const say = (line: string): void => {
  process.stderr.write(`parity: ${line} …\n`);
};
