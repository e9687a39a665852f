import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

const pooling = { pad: 'valid', poolSize: [2, 2] };
const image = [1, 4, 4, 3];
const filter = [1, 1, 3, 16];
const pooled = [1, 2, 2, 16];
const row = [16];

/** Kernels that only this backend has, with the shapes of their operands and their attributes; `mask` is a bool one. */
const kernels: Readonly<
  Record<string, readonly [operands: Readonly<Record<string, number[]>>, attrs: object, mask?: string]>
> = {
  ChannelMoments: [{ x: [4, 16] }, {}],
  Conv2DBackpropFilter: [
    { x: image, dy: [1, 4, 4, 16] },
    { strides: 1, pad: 'valid', dataFormat: 'NHWC', filterShape: filter },
  ],
  Conv2DBackpropInput: [
    { dy: [1, 4, 4, 16], filter },
    { strides: 1, pad: 'valid', dataFormat: 'NHWC', inputShape: image },
  ],
  FusedAdam: [
    { variable: row, gradient: row, m: row, v: row },
    { alpha: 0.1, beta1: 0.9, beta2: 0.9, epsilon: 1e-7 },
  ],
  FusedConv2DMaxPool: [{ x: image, filter, bias: row }, pooling],
  FusedConv2DMaxPoolBackpropBias: [{ dy: pooled, winners: pooled }, pooling, 'winners'],
  FusedConv2DMaxPoolBackpropFilter: [
    { x: image, dy: pooled, winners: pooled },
    { ...pooling, filterShape: filter },
    'winners',
  ],
  FusedConv2DMaxPoolBackpropInput: [
    { dy: pooled, winners: pooled, filter },
    { ...pooling, inputShape: image },
    'winners',
  ],
  Gelu: [{ x: row }, {}],
  GeluGrad: [{ dy: row, x: row }, {}],
  NormalizationGradient: [
    { dy: [4, 16], x: [4, 16], mean: row, inverse: row, scale: row, meanOfDy: row, meanOfDyXhat: row },
    {},
  ],
  NormalizationSums: [{ dy: [4, 16], x: [4, 16], mean: row, inverse: row }, {}],
  NormalizeChannels: [{ x: [4, 16], mean: row, scale: row, offset: row }, {}],
  NormalizeRows: [{ x: [4, 16], gamma: row, beta: row }, { epsilon: 0.001 }],
  NormalizeRowsGradient: [{ dy: [4, 16], x: [4, 16], gamma: row, mean: [4], inverse: [4] }, {}],
  ScaleKept: [{ x: row, kept: row }, { scale: 2 }, 'kept'],
};

/** An operand of another type or shape than the kernel's. */
interface Spoilt {
  readonly kernel: string;
  readonly operand: string;
  readonly dtype: 'bool' | 'float32' | 'int32';
  readonly shape: number[];
}

const cases = Object.entries(kernels).flatMap(([kernel, [operands, , mask]]) =>
  Object.entries(operands).flatMap(([operand, shape]): Spoilt[] => {
    const right = operand === mask ? 'bool' : 'float32';
    const others = (['bool', 'float32', 'int32'] as const).filter((dtype) => dtype !== right);
    const lengths = operand === mask ? [-1, 1] : [];
    return [
      ...others.map((dtype) => ({ kernel, operand, dtype, shape })),
      ...lengths.map((more) => ({
        ...{ kernel, operand, dtype: 'bool' as const },
        shape: [...shape.slice(0, -1), shape.at(-1)! + more],
      })),
    ];
  }),
);

const tensorsOf = (kernel: string, spoilt?: Spoilt): tf.NamedTensorMap => {
  const [operands, , mask] = kernels[kernel]!;
  return Object.fromEntries(
    Object.entries(operands).map(([name, shape]) => [
      name,
      name === spoilt?.operand
        ? tf.zeros(spoilt.shape, spoilt.dtype)
        : tf.zeros(shape, name === mask ? 'bool' : 'float32'),
    ]),
  );
};

/** Runs the kernel itself, past the engine, which casts no operand of these either. */
const run = (kernel: string, inputs: tf.NamedTensorMap): tf.TensorInfo[] =>
  [
    tf.getKernel(kernel, 'wasm').kernelFunc({
      inputs,
      attrs: kernels[kernel]![1] as unknown as tf.NamedAttrMap,
      backend: tf.backend(),
    }),
  ].flat();

test.each(Object.keys(kernels))('%s takes the operands of the table', (kernel) => {
  const inputs = tensorsOf(kernel);
  const before = tf.memory().numDataBuffers;
  const results = run(kernel, inputs);
  expect(results.length).toBeGreaterThan(0);
  for (const { dataId } of results) tf.backend().disposeData(dataId);
  tf.dispose(inputs);
  expect(tf.memory().numDataBuffers).toBe(before - Object.keys(inputs).length);
});

test.each(cases)('$kernel refuses $operand as $dtype $shape, and leaves nothing behind', (spoilt) => {
  const inputs = tensorsOf(spoilt.kernel, spoilt);
  const backend = tf.backend();
  const before = backend.numDataIds();
  expect(() => run(spoilt.kernel, inputs)).toThrow(
    /: expected a (float32|bool) tensor( of \d+ elements)?, got /,
  );
  expect(backend.numDataIds()).toBe(before);
  tf.dispose(inputs);
});
