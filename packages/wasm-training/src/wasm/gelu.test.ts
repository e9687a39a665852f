import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { registerVariant } from './variant.testing.ts';

beforeAll(async () => {
  registerVariant();
  await tf.setBackend('wasm');
  await tf.ready();
});

const run = (kernel: string, inputs: Record<string, tf.Tensor>): Float32Array =>
  (tf.engine().runKernel(kernel, inputs) as tf.Tensor).dataSync<'float32'>().slice();

/** 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to z, by its series and, from 3 on, by its continued fraction; float64. */
const erf = (z: number): number => {
  if (Math.abs(z) >= 3) {
    let tail = 0;
    for (let k = 80; k > 0; k--) tail = k / 2 / (Math.abs(z) + tail);
    return Math.sign(z) * (1 - Math.exp(-z * z) / ((Math.abs(z) + tail) * Math.sqrt(Math.PI)));
  }
  let [term, sum] = [z, z];
  for (let n = 1; Math.abs(term) > 1e-18; n++) {
    term *= (-z * z) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
};
const below = (x: number): number => (1 + erf(x / Math.SQRT2)) / 2;
const slope = (x: number): number => below(x) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI);

test('the reference has known values of the error function', () => {
  // DLMF 7.2, tables of Abramowitz & Stegun.
  expect(erf(0.5)).toBeCloseTo(0.5204998778130465, 14);
  expect(erf(-1)).toBeCloseTo(-0.8427007929497149, 14);
  expect(erf(3.5)).toBeCloseTo(0.9999992569016276, 14);
});

/** -10 .. 10, and both sides of where the formula changes. */
const numbers = [
  ...Array.from({ length: 20_001 }, (_, i) => (i - 10_000) / 1000),
  1,
  -1,
  1 - 2 ** -24,
  0,
  -0,
];

test('is x times a distribution function whose error function is within 2e-7 of the exact one', () => {
  tf.tidy(() => {
    const x = Float32Array.from(numbers);
    const found = run('Gelu', { x: tf.tensor1d(x) });
    const errors = [...x].map((value, i) => {
      if (value === 0) return Math.abs(found[i]!);
      return (2 * Math.abs(found[i]! / value - below(value))) as number;
    });
    expect(Math.max(...errors)).toBeLessThan(2e-7);
    // The digits of the negative tail are not lost.
    const at = [...x.keys()].filter((i) => x[i]! < -0.5 && x[i]! > -9);
    const relative = at.map((i) => Math.abs(found[i]! / (x[i]! * below(x[i]!)) - 1));
    expect(Math.max(...relative.filter((_, i) => x[at[i]!]! > -4))).toBeLessThan(2e-6);
  });
});

test('its gradient is dy times the slope', () => {
  tf.tidy(() => {
    const x = Float32Array.from(numbers);
    const dy = x.map((_, i) => Math.sin(i));
    const found = run('GeluGrad', { dy: tf.tensor1d(dy), x: tf.tensor1d(x) });
    const errors = [...x].map((value, i) => Math.abs(found[i]! - dy[i]! * slope(value)));
    expect(Math.max(...errors)).toBeLessThan(4e-7);
  });
});

describe.each([1, 2, 3, 4, 5, 6, 7, 9])('of %d numbers', (length) => {
  test('every number is the same as among many, and no tensor is left', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const x = Array.from({ length }, (_, i) => Math.sin(i + 1) * 3);
      const many = [...x, ...Array.from({ length: 12 - length }, () => 0)];
      const dy = many.map((_, i) => i + 1);
      const all = {
        value: run('Gelu', { x: tf.tensor1d(many) }),
        slope: run('GeluGrad', { dy: tf.tensor1d(dy), x: tf.tensor1d(many) }),
      };
      expect(run('Gelu', { x: tf.tensor1d(x) })).toEqual(all.value.slice(0, length));
      const few = { dy: tf.tensor1d(dy.slice(0, length)), x: tf.tensor1d(x) };
      expect(run('GeluGrad', few)).toEqual(all.slope.slice(0, length));
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('NaN and infinities are as the formula has them', () => {
  tf.tidy(() => {
    const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
    const x = tf.tensor1d([nan, inf, -inf, 1e30, -1e30, 40, -40]);
    expect([...run('Gelu', { x })]).toEqual([nan, inf, nan, Math.fround(1e30), -0, 40, -0]);
    const dy = tf.ones([7]);
    expect([...run('GeluGrad', { dy, x })]).toEqual([nan, nan, nan, 1, -0, 1, -0].map((v) => v + 0));
    expect([...run('GeluGrad', { dy: tf.tensor1d([nan, 1]), x: tf.tensor1d([1, 1]) })][0]).toBeNaN();
  });
});
