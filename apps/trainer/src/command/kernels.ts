import type { BackendChoice, WasmKernels } from '@dropout-lab/backend/node';
import { ConfigError, DropoutLabError, type RunManifest } from '@dropout-lab/contracts';

/** The options of a command that choose the kernels of wasm. */
export interface KernelOptions {
  /** Plain when left out; of a run that is resumed, those that it was started with. */
  readonly kernels?: WasmKernels['build'];
  readonly revectorize?: boolean;
}

/** Returns the kernels that options ask for; undefined when they ask for none. */
export const kernelsOf = ({ kernels, revectorize }: KernelOptions): WasmKernels | undefined =>
  kernels === undefined && revectorize === undefined
    ? undefined
    : { build: kernels ?? 'plain', revectorized: revectorize ?? false };

/** @throws ConfigError when kernels are asked for that the backend does not have, or this Node cannot compile. */
export const requireKernels = async (
  options: KernelOptions & { readonly backend: BackendChoice },
): Promise<void> => {
  const kernels = kernelsOf(options);
  if (kernels === undefined) return;
  const asked = askedIn(options);
  if (options.backend !== 'wasm') {
    throw new ConfigError(
      `${asked}: expected --backend wasm, the only one that has such kernels, received ${options.backend}: add --backend wasm, or leave ${asked} out`,
    );
  }
  await requireCompilable(kernels, asked);
};

/**
 * @param path The run, for the error.
 * @throws ConfigError when options ask for other kernels than a run was started with, or this Node cannot compile those.
 */
export const requireKernelsOf = async (
  { backend }: RunManifest,
  options: KernelOptions,
  path: string,
): Promise<void> => {
  const recorded = backend.kernels?.build ?? 'plain';
  if (options.kernels !== undefined && options.kernels !== recorded) {
    throw new ConfigError(
      `--kernels: expected ${recorded}, with which the run ${path} was started, since others give other bits, received ${options.kernels}: leave --kernels out, or start a new run`,
    );
  }
  if (backend.kernels) await requireCompilable(backend.kernels, `--resume ${path}`);
};

const requireCompilable = async (kernels: WasmKernels, where: string): Promise<void> => {
  // Only now: what is wrong with the options is said before TensorFlow.js has loaded.
  const { compileWasmKernels } = await import('@dropout-lab/backend/node');
  try {
    await compileWasmKernels(kernels);
  } catch (error) {
    if (!(error instanceof DropoutLabError)) throw error;
    throw new ConfigError(`${where}: ${error.message}`, [], { cause: error });
  }
};

const askedIn = ({ kernels, revectorize }: KernelOptions): string =>
  [
    ...(kernels === undefined ? [] : [`--kernels ${kernels}`]),
    ...(revectorize ? ['--revectorize'] : []),
  ].join(' ');
