import { spawnSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { UnsupportedOperationError } from './errors.ts';
import { differingKernel } from './wasm/builds/differing-kernel.ts';
import { compileFused } from './wasm/builds/fma.ts';
import { compilePlainKernels } from './wasm/builds/plain.ts';

const FLAG = 'experimental-wasm-revectorize';

/**
 * Compiles a build of the kernels, for `registerTrainingKernels`, with V8's `--experimental-wasm-revectorize`: pairs of
 * 128-bit operations become single ones of 256 bits where the processor has AVX2. Only these kernels are compiled so. Since
 * V8 calls this experimental, each kernel is run on small operands first and compared with one that is compiled without.
 *
 * It sets V8's flags for a moment, which all threads share: call it in the main thread and post the module to the others.
 *
 * @throws UnsupportedOperationError where this Node has no such flag, or a kernel's bits differ.
 */
export const compileRevectorizedKernels = (build: 'plain' | 'fma'): WebAssembly.Module => {
  if (!hasFlag()) {
    throw new UnsupportedOperationError(
      `wasm-training: expected a Node with V8's --${FLAG}, which Node 22 and newer have on x64, found Node ${process.versions.node}, which has none: use that, or do without it`,
    );
  }
  const compile = build === 'fma' ? compileFused : compilePlainKernels;
  const reference = optimized(() => compile('reference'), `--no-${FLAG}`);
  const revectorized = optimized(() => compile('revectorized'), `--${FLAG}`);
  const differing = differingKernel(reference, revectorized);
  if (differing === undefined) return revectorized;
  throw new UnsupportedOperationError(
    `wasm-training: expected the kernel ${differing} to give the same bits with V8's --${FLAG}, found others in Node ${process.versions.node}: do without it`,
  );
};

let known: boolean | undefined;

/** V8 ignores flags that it does not know, so that only its own list says. */
const hasFlag = (): boolean => {
  known ??= spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' }).stdout.includes(FLAG);
  return known;
};

/** Compiles with V8's optimizing compiler at once: the other one, which comes first by default, never revectorizes. */
const optimized = (compile: () => WebAssembly.Module, flag: string): WebAssembly.Module => {
  for (const set of ['--no-liftoff', '--no-wasm-lazy-compilation', flag]) setFlagsFromString(set);
  try {
    return compile();
  } finally {
    for (const reset of ['--liftoff', '--wasm-lazy-compilation', `--no-${FLAG}`]) setFlagsFromString(reset);
  }
};
