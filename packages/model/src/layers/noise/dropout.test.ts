import { ConfigError } from '@dropout-lab/contracts';
import { dropoutMask, fold, randomKey } from '@dropout-lab/random';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import reference from '../../../fixtures/reference.json' with { type: 'json' };
import { Dropout, type DropoutConfig, setDropoutPosition } from '../../index.ts';

/** The layer's mask at its position, for an input of ones. */
const maskOf = (layer: Dropout, shape: number[], training = true): number[] =>
  tf.tidy(() => [...(layer.apply(tf.ones(shape), { training }) as tf.Tensor).dataSync()]);
/** Whether each element equals the first one along the axis of its line. */
const isConstantAlong = (values: number[], shape: number[], axis: number): boolean => {
  const stride = shape.slice(axis + 1).reduce((product, length) => product * length, 1);
  return values.every((value, i) => value === values[i - (Math.floor(i / stride) % shape[axis]!) * stride]);
};
const at = (layer: Dropout, step: number, rowOffset = 0) => {
  layer.position = { step, rowOffset };
  return layer;
};
const dropout = (config: Partial<DropoutConfig> = {}) =>
  new Dropout({ name: 'dropout', rate: 0.5, seed: 1, ...config });

describe('masks', () => {
  test('drop a fraction `rate` and scale what is kept by 1 / (1 - rate)', () => {
    for (const rate of [0.1, 0.5, 0.8]) {
      const size = 100_000;
      const mask = maskOf(dropout({ rate }), [100, size / 100]);
      const kept = mask.filter((value) => value !== 0);
      expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]));
      const deviation = Math.sqrt((rate * (1 - rate)) / size);
      expect(Math.abs(1 - kept.length / size - rate)).toBeLessThan(5 * deviation + 1 / 65536);
    }
  });

  test('are the documented function of seed and step', () => {
    const expected = dropoutMask(fold(randomKey(1), 'dropout', 9), { size: 24, rate: 0.5 });
    expect(maskOf(at(dropout(), 9), [2, 3, 4])).toEqual([...expected]);
  });

  test('differ at every call, and come back when the step is set back', () => {
    const layer = dropout();
    const masks = [0, 1, 2].map(() => maskOf(layer, [4, 32]));
    expect(new Set(masks.map(String)).size).toBe(3);
    expect(layer.position).toEqual({ step: 3, rowOffset: 0 });
    expect([0, 1, 2].map((step) => maskOf(at(layer, step), [4, 32]))).toEqual(masks);
  });

  test('are the same for the same seed, others for another seed; without a seed the name decides', () => {
    const shape = [4, 32];
    expect(maskOf(dropout({ name: 'a' }), shape)).toEqual(maskOf(dropout({ name: 'b' }), shape));
    expect(maskOf(dropout({ seed: 2 }), shape)).not.toEqual(maskOf(dropout(), shape));
    const unseeded = (name: string) => maskOf(new Dropout({ name, rate: 0.5 }), shape);
    expect(unseeded('a')).toEqual(unseeded('a'));
    expect(unseeded('a')).not.toEqual(unseeded('b'));
  });

  test('of a slice of the batch are rows of the whole batch’s', () => {
    const row = 3 * 7;
    const whole = maskOf(at(dropout(), 5), [10, 3, 7]);
    for (const [first, rows] of [
      [0, 5],
      [5, 5],
      [9, 1],
      [3, 4],
    ] as const) {
      const slice = maskOf(at(dropout(), 5, first), [rows, 3, 7]);
      expect(slice).toEqual(whole.slice(first * row, (first + rows) * row));
    }
  });

  test('leave inference alone, and the step with it', () => {
    const layer = dropout();
    expect(maskOf(layer, [4, 4], false)).toEqual(new Array(16).fill(1));
    expect(layer.position.step).toBe(0);
    expect(maskOf(dropout({ rate: 0 }), [4, 4])).toEqual(new Array(16).fill(1));
  });

  test('are what the gradient is multiplied by', () => {
    const layer = dropout();
    const mask = maskOf(at(layer, 3), [5, 6]);
    at(layer, 3);
    const gradient = tf.tidy(() =>
      tf
        .grad((x) => tf.sum(layer.apply(x, { training: true }) as tf.Tensor))(tf.ones([5, 6]))
        .dataSync(),
    );
    expect([...gradient]).toEqual(mask);
  });

  test('leave no tensor behind', () => {
    const input = tf.ones([4, 4]);
    const before = tf.memory().numTensors;
    (dropout().apply(input, { training: true }) as tf.Tensor).dispose();
    expect(tf.memory().numTensors).toBe(before);
    input.dispose();
  });
});

describe('against Keras', () => {
  for (const { rate, expected } of reference.dropout.kept) {
    test(`a number is dropped or becomes what Keras makes of it, to the bit: rate ${rate}`, () => {
      const layer = dropout({ rate });
      const outputs = tf.tidy(() =>
        Array.from({ length: 200 }, () => {
          const numbers = tf.tensor1d(reference.dropout.numbers);
          return [...(layer.apply(numbers, { training: true }) as tf.Tensor).dataSync()];
        }),
      );
      expected.forEach((kept, i) => {
        expect(new Set(outputs.map((numbers) => Math.abs(numbers[i]!)))).toEqual(
          new Set([0, Math.abs(kept)]),
        );
      });
    });
  }

  for (const { shape, noiseShape, sharedAxes } of reference.dropout.noiseShapes) {
    test(`noise shape ${JSON.stringify(noiseShape)} shares the mask of [${shape}] along axes [${sharedAxes}]`, () => {
      const mask = maskOf(dropout({ noiseShape }), shape);
      const shared = shape.map((_, axis) => axis).filter((axis) => isConstantAlong(mask, shape, axis));
      expect(shared).toEqual(sharedAxes);
    });
  }

  for (const { shape, noiseShape } of reference.dropout.refused) {
    test(`noise shape ${JSON.stringify(noiseShape)} is refused for [${shape}]`, () => {
      expect(() => maskOf(dropout({ noiseShape }), shape)).toThrow(ConfigError);
    });
  }
});

describe('noiseShape', () => {
  test('[null, 1, 1, null] drops whole feature maps', () => {
    const [batch, height, width, channels] = [6, 3, 4, 50] as const;
    const mask = maskOf(dropout({ noiseShape: [null, 1, 1, null] }), [batch, height, width, channels]);
    const small = dropoutMask(fold(randomKey(1), 'dropout', 0), { size: batch * channels, rate: 0.5 });
    mask.forEach((value, i) => {
      const row = Math.floor(i / (height * width * channels));
      expect(value).toBe(small[row * channels + (i % channels)]);
    });
  });

  test('slices rows of the smaller mask', () => {
    const config: Partial<DropoutConfig> = { noiseShape: [null, 1, 8] };
    const whole = maskOf(dropout(config), [6, 2, 8]);
    expect(maskOf(at(dropout(config), 0, 4), [2, 2, 8])).toEqual(whole.slice(4 * 16));
  });

  test('a mask that rows share is every replica’s', () => {
    const config: Partial<DropoutConfig> = { noiseShape: [1, null] };
    const whole = maskOf(dropout(config), [4, 32]);
    expect(whole.slice(32, 64)).toEqual(whole.slice(0, 32));
    expect(maskOf(at(dropout(config), 0, 2), [2, 32])).toEqual(whole.slice(64));
  });

  test('that does not fit is refused', () => {
    expect(() => maskOf(dropout({ noiseShape: [1, 1, 1] }), [4, 4])).toThrow(
      new ConfigError(
        'dropout: noiseShape: expected 2 entries for an input of shape [4,4] (null, 1 or 4; null, 1 or 4), received [1,1,1]',
        ['noiseShape'],
      ),
    );
    expect(() => maskOf(dropout({ noiseShape: [null, 3] }), [4, 4])).toThrow(ConfigError);
  });
});

test('impossible rates and seeds are refused', () => {
  expect(() => dropout({ rate: 1 })).toThrow(
    new ConfigError('dropout: rate: expected a number of at least 0 and below 1, received 1', ['rate']),
  );
  expect(() => dropout({ rate: Number.NaN })).toThrow(ConfigError);
  expect(() => dropout({ seed: -1 })).toThrow(
    new ConfigError('dropout: seed: expected a whole number of at least 0, received -1', ['seed']),
  );
});

test('setDropoutPosition reaches every layer, of nested models too', () => {
  const inner = sequential({ layers: [layers.inputLayer({ inputShape: [4] }), dropout({ name: 'inner' })] });
  const outer = sequential({
    layers: [layers.inputLayer({ inputShape: [4] }), dropout({ name: 'outer' }), inner],
  });
  setDropoutPosition(outer, { step: 12, rowOffset: 125 });
  const position = { step: 12, rowOffset: 125 };
  expect(outer.layers[1]).toMatchObject({ name: 'outer', position });
  expect(inner.layers[1]).toMatchObject({ name: 'inner', position });
  setDropoutPosition(outer, { step: 13 });
  expect(outer.layers[1]).toMatchObject({ position: { step: 13, rowOffset: 0 } });
});

test('earlier outputs and their gradients stay, though masks take each other’s memory', () => {
  const layer = dropout();
  const shape = [4, 32];
  const expected = [0, 1].map((step) => [
    ...dropoutMask(fold(randomKey(1), 'dropout', step), { size: 128, rate: 0.5 }),
  ]);
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const ones = tf.ones(shape);
    const apply = (x: tf.Tensor) => layer.apply(x, { training: true }) as tf.Tensor;
    const [first, second] = [apply(ones), apply(ones)];
    expect([first, second].map((output) => [...output.dataSync()])).toEqual(expected);
    layer.position = { step: 0, rowOffset: 0 };
    const slope = tf.grad((x) => tf.add(apply(x), apply(x)))(ones);
    expect([...slope.dataSync()]).toEqual(expected[0]!.map((kept, i) => kept + expected[1]![i]!));
  });
  expect(tf.memory().numTensors).toBe(before);
});

test('a factor of the rate: the mask of such a rate, and exactly the input at 0', () => {
  const halved = dropout({ rate: 0.5 });
  halved.position = { step: 3, rowOffset: 0, call: 0, rateFactor: 0.5 };
  const quarter = dropout({ rate: 0.25 });
  quarter.position = { step: 3, rowOffset: 0, call: 0 };
  // The second call, too.
  for (const _ of [0, 1]) expect(maskOf(halved, [4, 6])).toEqual(maskOf(quarter, [4, 6]));
  const model = sequential({ layers: [dropout({ batchInputShape: [null, 6] })] });
  setDropoutPosition(model, { step: 3, rateFactor: 0 });
  expect(maskOf(model.layers[0] as Dropout, [4, 6])).toEqual(new Array(24).fill(1));
  setDropoutPosition(model, { step: 3 });
  expect(maskOf(model.layers[0] as Dropout, [4, 6])).toContain(0);
});
