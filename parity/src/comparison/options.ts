import { parseArgs } from 'node:util';
import type { WasmKernels } from '@dropout-lab/backend/node';
import { ConfigError } from '@dropout-lab/contracts';
import type { Experiment, ParityBackend } from './experiment.ts';
import { derivedScenarios, partingScenario, writtenScenarios } from './scenarios.ts';

/**
 * The trainings of the whole comparison: what the tutorial compares, for 100 steps, and each other member of a family, for
 * the 20 steps whose limits are promised. The cpu backend takes a second for each image of a step of the tutorial, so that
 * its batches are small.
 */
const whole: readonly Experiment[] = [
  {
    scenarios: writtenScenarios,
    size: { batchSize: 250, steps: 100, weightsAfter: [1, 5, 20, 100], singleSteps: 20 },
    backends: ['wasm', 'node'],
  },
  {
    scenarios: derivedScenarios,
    size: { batchSize: 250, steps: 20, weightsAfter: [1, 5, 20], singleSteps: 5 },
    backends: ['wasm', 'node'],
  },
  {
    scenarios: writtenScenarios,
    size: { batchSize: 5, steps: 20, weightsAfter: [1, 5, 20], singleSteps: 5 },
    backends: ['cpu'],
  },
  {
    scenarios: derivedScenarios,
    size: { batchSize: 4, steps: 5, weightsAfter: [1, 5], singleSteps: 2 },
    backends: ['cpu'],
  },
  {
    scenarios: [partingScenario],
    size: { batchSize: 64, steps: 60, weightsAfter: [1, 5, 20, 60], singleSteps: 60 },
    backends: ['wasm', 'node'],
  },
];

/**
 * Parses `npm run parity -- [BACKEND...] [--steps N] [--kernels fma] [--revectorize]`: without arguments everything, else only
 * the given backends or the first N steps, wasm with the given kernels.
 *
 * @throws ConfigError
 */
export const selectExperiments = (
  args: string[],
): { readonly experiments: readonly Experiment[]; readonly isWhole: boolean } => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { steps: { type: 'string' }, kernels: { type: 'string' }, revectorize: { type: 'boolean' } },
  });
  if (args.length === 0) return { experiments: whole, isWhole: true };

  const known: readonly string[] = whole.flatMap(({ backends }) => backends);
  const unknown = positionals.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new ConfigError(`parity: expected backends among ${known.join(', ')}, received ${unknown}`);
  }
  const most = Number(values.steps ?? Number.POSITIVE_INFINITY);
  if (!(most >= 1)) {
    throw new ConfigError(`parity: --steps: expected a positive whole number, received ${values.steps}`);
  }
  const kernels = kernelsOf(values.kernels, values.revectorize);
  if (kernels && `${positionals}` !== 'wasm') {
    throw new ConfigError(
      `parity: --kernels, --revectorize: expected the backend wasm alone, received ${positionals.join(' ') || 'all'}: npm run parity -- wasm --kernels fma`,
    );
  }
  const chosen = (backend: ParityBackend): boolean =>
    positionals.length === 0 || positionals.includes(backend);
  const experiments = whole
    .map(({ size, backends, ...rest }) => ({
      ...rest,
      size: shortened(size, most),
      backends: backends.filter(chosen),
      ...(kernels && { kernels }),
    }))
    .filter(({ backends }) => backends.length > 0);
  return { experiments, isWhole: false };
};

/** @throws ConfigError for a build that there is not. */
const kernelsOf = (build?: string, revectorized?: boolean): WasmKernels | undefined => {
  if (build === undefined && revectorized === undefined) return undefined;
  if (build === undefined || build === 'plain' || build === 'fma') {
    return { build: build ?? 'plain', revectorized: revectorized ?? false };
  }
  throw new ConfigError(`parity: --kernels: expected plain or fma, received ${build}`);
};

const shortened = (size: Experiment['size'], most: number): Experiment['size'] => {
  const steps = Math.min(size.steps, Math.floor(most));
  const weightsAfter = size.weightsAfter.filter((moment) => moment < steps);
  return {
    ...size,
    steps,
    weightsAfter: [...weightsAfter, steps],
    singleSteps: Math.min(size.singleSteps, steps),
  };
};
