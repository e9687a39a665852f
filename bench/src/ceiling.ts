import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { main as compile } from 'assemblyscript/asc';
import { measure } from './shared/measure.ts';

/** GFLOP/s of the kernels' inner loop on one thread, all operands in the nearest cache: no kernel around it can be faster. */
export interface Ceiling {
  /** A product and a sum, each rounded. */
  readonly plain: number;
  /** Rounded once where the processor can; undefined where the engine has no relaxed SIMD. */
  readonly fused: number | undefined;
}

const folder = fileURLToPath(new URL('..', import.meta.url));
/** So few that the engine soon goes on in its optimizing compiler's code, which it enters only with a new call. */
const TURNS = 500;

/** Measures the ceiling of this machine, in this process; plain and fused take turns. */
export const measureCeiling = async (): Promise<Ceiling> => {
  const [plain, fused] = [await load('simd'), await load('relaxed-simd')];
  if (!plain) throw new Error('ceiling: expected an engine with WebAssembly SIMD');
  const candidates: Record<string, () => unknown> = { plain: () => plain.multiplyAndAdd(TURNS) };
  if (fused) candidates['fused'] = () => fused.multiplyAndAdd(TURNS);
  const times = await measure(candidates, { warmUps: 100, runs: 101 });
  const rate = (milliseconds: number) => (2 * TURNS * plain.floatsAtOnce()) / milliseconds / 1e6;
  return { plain: rate(times['plain']!), fused: times['fused'] && rate(times['fused']) };
};

interface Exports {
  multiplyAndAdd(times: number): void;
  floatsAtOnce(): number;
}

/** Compiles the loop; undefined where the engine does not know the feature. */
const load = async (feature: 'simd' | 'relaxed-simd'): Promise<Exports | undefined> => {
  let binary: Uint8Array<ArrayBuffer> | undefined;
  const features = feature === 'simd' ? ['simd'] : ['simd', feature];
  const { error, stderr } = await compile(
    [
      ...[
        'assembly/ceiling.ts',
        '--outFile',
        'ceiling.wasm',
        '-O3',
        '--converge',
        '--noAssert',
        '--runtime',
        'stub',
      ],
      ...features.flatMap((name) => ['--enable', name]),
    ],
    {
      readFile: (name, base) => {
        try {
          return readFileSync(resolve(folder, base, name), 'utf8');
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => {
        if (name.endsWith('.wasm')) binary = new Uint8Array(contents as Uint8Array);
      },
      listFiles: () => [],
    },
  );
  if (error || !binary) throw new Error(`ceiling: ${stderr}`, { cause: error });
  if (!WebAssembly.validate(binary)) return undefined;
  return new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as unknown as Exports;
};
