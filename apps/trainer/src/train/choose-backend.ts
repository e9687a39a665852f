import {
  allocatorSettings,
  describeHardware,
  type InstalledBackend,
  installedBackends,
} from '@dropout-lab/backend/node';
import { canonicalJson, type RunConfig } from '@dropout-lab/contracts';
import { sha256 } from '@dropout-lab/files';
import { systemErrorSentence } from '@dropout-lab/files/node';
import type { Reporter } from '../command/reporter.ts';
import { RunFailedError } from '../run-failed-error.ts';
import { inOwnProcess } from '../study/run-task.ts';
import { version } from '../version.ts';
import { readBackendTimes, runsInWords, type StepSeconds, writeBackendTimes } from './backend-times.ts';
import type { RunOptions } from './open-run.ts';

/** The backend of a run, and the reason for it where it was not asked for by name. */
export type ChosenBackend = Pick<RunOptions, 'backend' | 'why'>;

/** A backend that takes longer for some steps is left out. */
const MOST_SECONDS = 120;

/**
 * Returns the backend that a run is trained on. `auto`, where there are several, is the one that takes the shortest time for a
 * step, which is measured once for each machine, kind of run and set of versions, in a process of its own for each backend:
 * one that cannot be started, or that crashes, is left out.
 *
 * @throws ConfigError when the run cannot be trained on any; the signal's reason.
 */
export const chooseBackend = async (
  config: RunConfig,
  options: RunOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<ChosenBackend> => {
  const installed = installedBackends();
  // A graphics processor without tfjs-node is taken where there is one.
  if (options.backend !== 'auto' || !installed.some(({ choice }) => choice === 'node')) {
    return { backend: options.backend, why: options.why };
  }
  const key = await keyOf(config, options, installed);
  const known = await readBackendTimes(key);
  if (known) {
    const { stepSeconds } = known;
    const measured = installed.filter(({ choice }) => stepSeconds[choice] !== undefined);
    if (measured.length > 1) return fastest(measured, stepSeconds, 'measured earlier');
  }
  // Building a model needs TensorFlow.js.
  const { requireRunnable } = await import('./require-runnable.ts');
  requireRunnable(config);
  const stepSeconds: StepSeconds = {};
  const leftOut: string[] = [];
  for (const { choice, title } of installed) {
    if (choice === 'wasm' && Object.keys(stepSeconds).length === 0) break;
    reporter.progress(`Measuring a step on ${title}`);
    try {
      stepSeconds[choice] = await measured(config, { ...options, backend: choice }, signal);
    } catch (error) {
      if (!(error instanceof RunFailedError)) throw error;
      leftOut.push(`${title} is left out: ${error.message.split('\n', 1)[0]}`);
    }
    signal.throwIfAborted();
  }
  for (const line of leftOut) reporter.line(line);
  const candidates = installed.filter(({ choice }) => stepSeconds[choice] !== undefined);
  if (candidates.length === 0) return { backend: 'wasm', why: 'the only backend that is left' };
  if (candidates.length > 1) await keep(key, config, stepSeconds, reporter);
  return fastest(candidates, stepSeconds, 'measured now');
};

const measured = async (config: RunConfig, options: RunOptions, signal: AbortSignal): Promise<number> => {
  const lost = AbortSignal.timeout(MOST_SECONDS * 1000);
  const result = await inOwnProcess({ kind: 'measure-step', config, options }, { signal, lost });
  signal.throwIfAborted();
  if (result.kind !== 'measured-step') throw new Error(`expected a measurement, received ${result.kind}`);
  return result.stepSeconds;
};

/** Names the machine, the versions and the kind of run that times are valid for. */
const keyOf = async (
  { model, dataset, batchSize, limitTrain, augmentation }: RunConfig,
  { workers, cores }: RunOptions,
  installed: readonly InstalledBackend[],
): Promise<string> => {
  const { cpu, cores: all, platform } = describeHardware();
  const machine = { cpu, cores: all, platform, node: process.versions.node, allocator: allocatorSettings() };
  const versions = Object.fromEntries(installed.map(({ choice, version }) => [choice, version]));
  const size = Math.min(batchSize, limitTrain ?? batchSize);
  const run = { model, dataset, size, augmentation, workers, cores };
  const digest = await sha256(canonicalJson(JSON.parse(JSON.stringify({ machine, versions, version, run }))));
  return digest.slice(0, 16);
};

const keep = async (
  key: string,
  config: RunConfig,
  stepSeconds: StepSeconds,
  reporter: Reporter,
): Promise<void> => {
  try {
    await writeBackendTimes(key, { version: 1, runs: runsInWords(config), stepSeconds });
  } catch (error) {
    reporter.line(
      systemErrorSentence(
        error,
        'backend times',
        'a cache folder that can be written',
        'they are measured again next time',
      ),
    );
  }
};

/** `0.121 s a step; tfjs-node 0.160 s; measured now`, of the backend with the shortest time. */
const fastest = (
  candidates: readonly InstalledBackend[],
  stepSeconds: StepSeconds,
  remark: string,
): ChosenBackend => {
  const secondsOf = ({ choice }: InstalledBackend): number => stepSeconds[choice]!;
  const [first, ...others] = candidates.toSorted((a, b) => secondsOf(a) - secondsOf(b));
  const times = others.map((one) => `${one.title} ${secondsOf(one).toFixed(3)} s`);
  return {
    backend: first!.choice,
    why: [`${secondsOf(first!).toFixed(3)} s a step`, ...times, remark].join('; '),
  };
};
