import { type BackendError, compileWasmKernels } from '@dropout-lab/backend/node';
import { ConfigError, type RunManifest } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import { kernelsOf, requireKernels, requireKernelsOf } from './kernels.ts';

test.each([
  [{}, undefined],
  [{ kernels: 'fma' }, { build: 'fma', revectorized: false }],
  [{ revectorize: true }, { build: 'plain', revectorized: true }],
  [
    { kernels: 'fma', revectorize: true },
    { build: 'fma', revectorized: true },
  ],
] as const)('%j asks for %j', (options, kernels) => {
  expect(kernelsOf(options)).toEqual(kernels);
});

/** A run on wasm with these kernels; without any, an earlier one. */
const runWith = (kernels: RunManifest['backend']['kernels']) =>
  ({ backend: { name: 'wasm', description: 'wasm', workers: 1, kernels } }) as RunManifest;
const plain = { build: 'plain', revectorized: false } as const;
const fma = { build: 'fma', revectorized: false } as const;

describe('a run that is resumed by a study or a worker', () => {
  test.each([
    [runWith(undefined), {}],
    [runWith(undefined), { kernels: 'plain' }],
    [runWith(plain), { kernels: 'plain' }],
    // Bits are the same.
    [runWith(plain), { revectorize: true }],
  ] as const)('has the kernels that it was started with: %o, %j', async (run, options) => {
    await expect(requireKernelsOf(run, options, 'runs/a')).resolves.toBe(undefined);
  });

  test.each([
    [runWith(undefined), 'fma', 'plain'],
    [runWith(plain), 'fma', 'plain'],
    [runWith(fma), 'plain', 'fma'],
  ] as const)('is refused with others: %o, %s', async (run, kernels, recorded) => {
    await expect(requireKernelsOf(run, { kernels }, 'runs/a')).rejects.toThrow(
      new ConfigError(
        `--kernels: expected ${recorded}, with which the run runs/a was started, since others give other bits, received ${kernels}: leave --kernels out, or start a new run`,
      ),
    );
  });
});

const missing = await compileWasmKernels(fma).then(
  () => undefined,
  (error: BackendError) => error.message,
);

test.runIf(missing !== undefined)(
  'kernels that this Node lacks are refused, asked for or recorded',
  async () => {
    await expect(requireKernels({ backend: 'wasm', kernels: 'fma' })).rejects.toThrow(
      new ConfigError(`--kernels fma: ${missing}`),
    );
    await expect(requireKernelsOf(runWith(fma), {}, 'runs/a')).rejects.toThrow(
      new ConfigError(`--resume runs/a: ${missing}`),
    );
  },
);

test.skipIf(missing !== undefined)(
  `kernels that this Node has are taken, asked for or recorded${missing ? ` (${missing})` : ''}`,
  async () => {
    await expect(requireKernels({ backend: 'wasm', kernels: 'fma' })).resolves.toBe(undefined);
    await expect(requireKernelsOf(runWith(fma), { kernels: 'fma' }, 'runs/a')).resolves.toBe(undefined);
  },
);
