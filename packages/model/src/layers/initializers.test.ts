import { layerSchema } from '@dropout-lab/contracts';
import { randomKey } from '@dropout-lab/random';
import { describe, expect, test } from 'vitest';
import { buildModel, parseModelSpec, readWeights } from '../index.ts';
import { drawKernel, stockInitializer } from './initializers.ts';

const shape = [3, 3, 20, 30];
const [fanIn, fanOut] = [180, 270];
const size = 5400;

const momentsOf = (values: Float32Array) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    mean,
    variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length,
    largest: values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0),
  };
};

/** Of a uniform and of a normal distribution without what is beyond 2: the upper quartile and the end, in standard deviations. */
const TRUNCATED = { quartile: 0.639112 / 0.87962566, beyond: 2 / 0.87962566 };
const UNIFORM = { quartile: Math.sqrt(3) / 2, beyond: Math.sqrt(3) };

describe.each([
  ['glorot_uniform', 2 / (fanIn + fanOut), UNIFORM],
  ['he_uniform', 2 / fanIn, UNIFORM],
  ['lecun_uniform', 1 / fanIn, UNIFORM],
  ['pytorch_uniform', 1 / 3 / fanIn, UNIFORM],
  ['glorot_normal', 2 / (fanIn + fanOut), TRUNCATED],
  ['he_normal', 2 / fanIn, TRUNCATED],
  ['lecun_normal', 1 / fanIn, TRUNCATED],
] as const)('%s', (name, variance, distribution) => {
  const values = drawKernel(name, shape, randomKey(3));

  test('has its mean, variance, quartiles and bounds', () => {
    const found = momentsOf(values);
    const stddev = Math.sqrt(variance);
    // Five standard deviations of a mean, and more than that of a variance: kurtosis is 1.8 and 2.4.
    expect(Math.abs(found.mean)).toBeLessThan((5 * stddev) / Math.sqrt(size));
    expect(Math.abs(found.variance / variance - 1)).toBeLessThan(5 * Math.sqrt(1.4 / size));
    expect(found.largest).toBeLessThanOrEqual(Math.fround(distribution.beyond * stddev) * (1 + 1e-6));
    expect(found.largest).toBeGreaterThan(0.98 * distribution.beyond * stddev);
    const quartiles = values.toSorted();
    const allowed = (5 * 0.5) / Math.sqrt(size) / 0.25;
    expect(Math.abs(quartiles[size / 4]! / stddev + distribution.quartile)).toBeLessThan(allowed);
    expect(Math.abs(quartiles[(size * 3) / 4]! / stddev - distribution.quartile)).toBeLessThan(allowed);
  });

  test('depends on the key alone', () => {
    expect(drawKernel(name, shape, randomKey(3))).toEqual(values);
    expect(drawKernel(name, shape, randomKey(4))).not.toEqual(values);
  });

  test('is for readers of model.json what Keras makes of the name', () => {
    const { scale, mode, distribution: kind } = stockInitializer(name).getConfig() as Record<string, unknown>;
    const fan = mode === 'fanIn' ? fanIn : (fanIn + fanOut) / 2;
    expect((scale as number) / fan).toBeCloseTo(variance, 12);
    expect(kind).toBe(distribution === UNIFORM ? 'uniform' : 'truncatedNormal');
  });
});

describe('partial_dirac', () => {
  test.each([
    [3, 3, 2, 5],
    [2, 4, 3, 2],
    [1, 1, 2, 2],
  ])('of a kernel [%d, %d, %d, %d]: PyTorch’s uniform, and a Dirac delta for each channel', (...kernel) => {
    const [height, width, channels, filters] = kernel;
    const key = randomKey(9);
    const [found, plain] = [
      drawKernel('partial_dirac', kernel, key),
      drawKernel('pytorch_uniform', kernel, key),
    ];
    let place = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < channels; c++) {
          for (let f = 0; f < filters; f++, place++) {
            const isCentre = y === Math.floor(height / 2) && x === Math.floor(width / 2) && c === f;
            expect(found[place], `${[y, x, c, f]}`).toBe(f < channels ? Number(isCentre) : plain[place]);
          }
        }
      }
    }
  });

  test('passes channels on: the image itself', async () => {
    const model = buildModel(
      parseModelSpec({
        inputShape: [4, 4, 3],
        numClasses: 2,
        layers: [
          {
            kind: 'conv2d',
            filters: 3,
            padding: 'same',
            useBias: false,
            kernelInitializer: 'partial_dirac',
            name: 'pass',
          },
          { kind: 'flatten' },
          { kind: 'dense', units: 2, useBias: false, kernelInitializer: 'pytorch_uniform' },
        ],
      }),
      1,
    );
    const weights = await readWeights(model);
    expect(weights.map(({ name }) => name)).toEqual(['pass/kernel', 'dense/kernel']);
    expect(weights[0]!.values.reduce((sum, value) => sum + value, 0)).toBe(3);
    const bound = 1 / Math.sqrt(48);
    expect(Math.max(...weights[1]!.values.map(Math.abs))).toBeLessThanOrEqual(Math.fround(bound));
    model.dispose();
  });
});

test('every initializer can be named', () => {
  const refusal = layerSchema.safeParse({ kind: 'dense', units: 1, kernelInitializer: 'zeros' });
  expect(refusal.error!.message).toContain('partial_dirac');
});
