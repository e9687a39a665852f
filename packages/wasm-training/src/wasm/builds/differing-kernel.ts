import { argumentsOf, type Convolution } from '../convolution/convolution.ts';
import { instantiate, type KernelExports } from '../instance.ts';

const PAGE_BYTES = 65_536;
const OPERAND_BYTES = 4 * PAGE_BYTES;
const SCRATCH_BYTES = 4 * 2 ** 20;

/** Addresses of operands, each of {@link OPERAND_BYTES}. */
const sizes = OPERAND_BYTES;
const x = 2 * OPERAND_BYTES;
const w = 3 * OPERAND_BYTES;
const bias = 4 * OPERAND_BYTES;
const dy = 5 * OPERAND_BYTES;
const y = 6 * OPERAND_BYTES;
const winners = 7 * OPERAND_BYTES;
const result = 8 * OPERAND_BYTES;
const withNaN = 9 * OPERAND_BYTES;
const wide = 10 * OPERAND_BYTES;
const scratch = 11 * OPERAND_BYTES;

const tutorial: Convolution = {
  ...{ batch: 2, inHeight: 9, inWidth: 8, inChannels: 20 },
  ...{ outHeight: 7, outWidth: 6, outChannels: 40 },
  ...{ kernelHeight: 3, kernelWidth: 3, strideHeight: 1, strideWidth: 1, padTop: 0, padLeft: 0 },
  ...{ poolHeight: 1, poolWidth: 1 },
};
const pooled: Convolution = { ...tutorial, poolHeight: 2, poolWidth: 2 };

/** Each way through the kernels: whole blocks and rests, one pass and several, few input channels, pooling, padding, strides. */
const convolutions: readonly Convolution[] = [
  tutorial,
  pooled,
  { ...pooled, inChannels: 3, outChannels: 64 },
  { ...pooled, poolHeight: 3 },
  { ...tutorial, inChannels: 200, outChannels: 33, padTop: 1, padLeft: 1, outHeight: 9, outWidth: 8 },
  { ...tutorial, outHeight: 4, outWidth: 3, strideHeight: 2, strideWidth: 2 },
  { ...tutorial, kernelHeight: 1, kernelWidth: 1, outHeight: 9, outWidth: 8 },
];
/** Of a max pooling of 9 x 8 places, 20 channels, by overlapping windows. */
const pooling = [2, 9, 8, 20, 5, 4, 3, 2, 2, 2, 1, 0];
/** Of depthwise convolutions of 9 x 8 places by 3 x 3 with strides of 2: vectors and a rest, and a multiplier. */
const depthwises = [
  [21, 1],
  [5, 3],
].map(([count, multiplier]) => [2, 9, 8, count!, 5, 4, 3, 3, 2, 2, 1, 0, multiplier!]);
/** Of a convolution of 3 x 5 x 6 places, 3 channels, by 2 x 3 x 3 to 7 channels with strides of 1, 2 and 2. */
const inThree = [2, 3, 5, 6, 3, 3, 3, 3, 7, 2, 3, 3, 1, 2, 2, 0, 1, 0];
/** Of a pooling of 3 x 5 x 6 places, 7 channels, by overlapping windows. */
const poolingInThree = [2, 3, 5, 6, 7, 3, 3, 3, 3, 3, 3, 1, 2, 2, 1, 1, 0];
const length = 1003;
/** Of a normalization: whole strips, a strip and a rest, and a rest alone. */
const channels = [64, 21, 3];

/** Kernels in a memory that has the sizes of a convolution. */
interface Bench {
  readonly kernels: KernelExports;
  readonly setSizes: (convolution: Convolution) => void;
}

type Call = (bench: Bench) => unknown;

const withEach = (call: (kernels: KernelExports, convolution: Convolution) => void): Call[] =>
  convolutions.map((convolution) => ({ kernels, setSizes }) => {
    setSizes(convolution);
    call(kernels, convolution);
  });

const isPooled = ({ poolHeight }: Convolution): boolean => poolHeight > 1;

/** Writes the places of the maxima, for the gradients of what was pooled. */
const pool = (kernels: KernelExports, convolution: Convolution): number => {
  if (!isPooled(convolution)) return 0;
  kernels.convolve(sizes, x, w, bias, y, winners, scratch, 1, 1);
  return winners;
};

/** Calls of every kernel, so that one that is added and not called here does not compile. */
const calls: Readonly<Record<keyof KernelExports, readonly Call[]>> = {
  adam: [({ kernels }) => kernels.adam(x, w, dy, x, y, dw(0), dw(1), length, 0.01, 0.1, 0.001, 1e-7)],
  allFinite: [x, withNaN].flatMap((values) =>
    [16, length].map(
      (count): Call =>
        ({ kernels }) =>
          kernels.allFinite(values, count),
    ),
  ),
  averagePool3dGradient: [({ kernels }) => kernels.averagePool3dGradient(dy, result, ...poolingInThree)],
  averagePoolGradient: [({ kernels }) => kernels.averagePoolGradient(dy, result, ...pooling)],
  channelMoments: channels.map(
    (count): Call =>
      ({ kernels }) =>
        kernels.channelMoments(x, y, dw(0), scratch, 30, count),
  ),
  clip: [({ kernels }) => kernels.clip(x, y, length, -0.3, 0.4)],
  conv3dFilterGradient: [({ kernels }) => kernels.conv3dFilterGradient(x, dy, result, scratch, ...inThree)],
  conv3dInputGradient: [({ kernels }) => kernels.conv3dInputGradient(dy, w, result, ...inThree)],
  convFilterGradientOfEveryProduct: withEach((kernels, convolution) =>
    kernels.convFilterGradientOfEveryProduct(x, dy, result, ...argumentsOf(convolution)),
  ),
  convInputGradientOfEveryProduct: withEach((kernels, convolution) =>
    kernels.convInputGradientOfEveryProduct(dy, w, result, ...argumentsOf(convolution)),
  ),
  convolve: [
    [x, 0],
    [x, 1],
    [withNaN, 0],
  ].flatMap(([input, flag]) =>
    withEach((kernels, convolution) => {
      const places = isPooled(convolution) ? winners : 0;
      kernels.convolve(...[sizes, input!, w, bias, y, places, scratch, flag!, flag!]);
    }),
  ),
  convolveScratchBytes: withEach((kernels) => kernels.convolveScratchBytes(sizes)),
  convolveInputGradient: [0, 1].flatMap((sparse) =>
    withEach((kernels, convolution) => {
      const mustSkip = isPooled(convolution) || convolution.strideHeight > 1;
      const places = pool(kernels, convolution);
      kernels.convolveInputGradient(sizes, dy, places, w, result, scratch, mustSkip ? 1 : sparse);
    }),
  ),
  convolveInputGradientScratchBytes: withEach((kernels) => kernels.convolveInputGradientScratchBytes(sizes)),
  convolveFilterGradient: withEach((kernels, convolution) =>
    kernels.convolveFilterGradient(sizes, x, dy, pool(kernels, convolution), result, scratch),
  ),
  convolveFilterGradientScratchBytes: withEach((kernels) =>
    kernels.convolveFilterGradientScratchBytes(sizes),
  ),
  countNonZeros: [({ kernels }) => kernels.countNonZeros(x, length)],
  depthwiseFilterGradient: depthwises.map(
    (sizes): Call =>
      ({ kernels }) =>
        kernels.depthwiseFilterGradient(x, dy, result, scratch, ...sizes),
  ),
  depthwiseInputGradient: depthwises.map(
    (sizes): Call =>
      ({ kernels }) =>
        kernels.depthwiseInputGradient(dy, w, result, ...sizes),
  ),
  gelu: [({ kernels }) => kernels.gelu(wide, y, scratch, length)],
  geluGradient: [({ kernels }) => kernels.geluGradient(dy, wide, result, scratch, length)],
  geluScratchBytes: [({ kernels }) => kernels.geluScratchBytes()],
  maxPool: [({ kernels }) => kernels.maxPool(x, y, ...pooling)],
  maxPoolGradient: [
    ({ kernels }) => {
      kernels.maxPool(x, y, ...pooling);
      kernels.maxPoolGradient(x, y, dy, result, ...pooling);
    },
  ],
  multiply: [x, withNaN].flatMap((b) =>
    [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ].map(
      ([transposed, sparse]): Call =>
        ({ kernels }) =>
          kernels.multiply(...[dy, b, result, scratch, 70, 200, 70, transposed!, sparse!]),
    ),
  ),
  multiplyScratchBytes: [({ kernels }) => kernels.multiplyScratchBytes()],
  multiplyTransposed: [({ kernels }) => kernels.multiplyTransposed(x, w, result, scratch, 30, 21, 70)],
  multiplyTransposedScratchBytes: [({ kernels }) => kernels.multiplyTransposedScratchBytes(30, 21, 70)],
  normalizationGradient: channels.map(
    (count): Call =>
      ({ kernels }) =>
        kernels.normalizationGradient(dy, x, w, bias, w, bias, w, result, scratch, 30, count),
  ),
  normalizationSums: channels.map(
    (count): Call =>
      ({ kernels }) =>
        kernels.normalizationSums(dy, x, w, bias, y, dw(0), scratch, 30, count),
  ),
  normalizeChannels: channels.map(
    (count): Call =>
      ({ kernels }) =>
        kernels.normalizeChannels(x, w, bias, dy, y, 30, count),
  ),
  normalizeRows: channels.map(
    (count): Call =>
      ({ kernels }) =>
        kernels.normalizeRows(x, w, bias, y, dw(0), dw(1), 30, count, 0.001),
  ),
  normalizeRowsGradient: channels.map(
    (count): Call =>
      ({ kernels }) =>
        kernels.normalizeRowsGradient(dy, x, w, bias, w, y, dw(0), dw(1), scratch, 30, count),
  ),
  relu: [({ kernels }) => kernels.relu(x, y, length)],
  scaleBytes: [({ kernels }) => kernels.scaleBytes(x, y, length)],
  // Bytes of x are those of numbers and of zeros.
  scaleKept: [({ kernels }) => kernels.scaleKept(w, x, y, length, 1.25)],
  sumNumbers: [({ kernels }) => kernels.sumNumbers(x, length)],
  sumRows: [({ kernels }) => kernels.sumRows(x, y, 300, 37)],
  sumSegments: [
    ({ kernels, setSizes }) => {
      // The sizes of a convolution are the ids of its rows.
      setSizes(tutorial);
      kernels.sumSegments(x, sizes, result, 15, 21, 30);
    },
  ],
  sumWinners: [
    ({ kernels, setSizes }) => {
      setSizes(pooled);
      kernels.sumWinners(dy, pool(kernels, pooled), y, 18, 40);
    },
  ],
  unpool: [
    ({ kernels, setSizes }) => {
      setSizes(pooled);
      kernels.unpool(sizes, dy, pool(kernels, pooled), result);
    },
  ],
};

function dw(index: number): number {
  return result + index * (OPERAND_BYTES / 2);
}

/**
 * Fills the operands with numbers in (-1, 1), half of those that may be skipped zeros; one of them with a NaN too, and one with
 * numbers in (-8, 8).
 */
const fill = (memory: WebAssembly.Memory): void => {
  for (const address of [x, w, bias, dy]) {
    const floats = new Float32Array(memory.buffer, address, OPERAND_BYTES / 4);
    for (const i of floats.keys()) {
      const bits = Math.imul(Math.imul(i + address, 0x9e3779b1) ^ (i >>> 3), 0x85ebca6b) >>> 0;
      const isZero = (address === x || address === dy) && (Math.imul(bits, 0xc2b2ae35) & 0x10000) !== 0;
      floats[i] = isZero ? 0 : (bits / 2 ** 32) * 2 - 1;
    }
  }
  const floats = new Float32Array(memory.buffer);
  floats.copyWithin(withNaN / 4, x / 4, x / 4 + OPERAND_BYTES / 4);
  floats[withNaN / 4 + 400] = Number.NaN;
  for (let i = 0; i < OPERAND_BYTES / 4; i++) floats[wide / 4 + i] = 8 * floats[w / 4 + i]!;
};

const benchOf = (module: WebAssembly.Module) => {
  const memory = new WebAssembly.Memory({ initial: (scratch + SCRATCH_BYTES) / PAGE_BYTES });
  fill(memory);
  return {
    kernels: instantiate(module, memory),
    setSizes: (convolution: Convolution) =>
      new Int32Array(memory.buffer, sizes, 15).set(Object.values<number>({ ...convolution })),
    bytes: Buffer.from(memory.buffer),
  };
};

/**
 * Runs every kernel of two builds on small operands.
 *
 * @returns The first whose result, or anything else that it wrote, is not the same to the bit; undefined when all are equal.
 */
export const differingKernel = (
  one: WebAssembly.Module,
  other: WebAssembly.Module,
): keyof KernelExports | undefined => {
  const [first, second] = [benchOf(one), benchOf(other)];
  const names = Object.keys(calls) as (keyof KernelExports)[];
  return names.find((name) =>
    calls[name].some((call) => call(first) !== call(second) || !first.bytes.equals(second.bytes)),
  );
};
