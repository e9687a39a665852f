import { readWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { train } from '../index.ts';
import { collect, configOf, imageSource, numClasses, tinyModel } from '../testing.ts';

const limit = 0.05;
const source = imageSource('train', { size: 12, batchSize: 4 });
const optimizer = { name: 'adam', learningRate: 0.01 } as const;

/** The largest norm of each hidden kernel, summed over its first axis or over all but the last. */
const largestNorms = async (
  model: ReturnType<typeof tinyModel>,
  axis: number | number[],
): Promise<number[]> =>
  (await readWeights(model))
    .filter(({ name }) => name === 'conv2d/kernel' || name === 'dense/kernel')
    .map(({ shape, values }) => {
      const summed = axis === 0 ? shape[0]! : values.length / shape.at(-1)!;
      const units = values.length / summed;
      const squares = new Float64Array(units);
      values.forEach((weight, i) => {
        squares[i % units]! += weight ** 2;
      });
      return Math.sqrt(Math.max(...squares));
    });

describe('a max-norm of 0.05', () => {
  for (const axis of [0, [0, 1, 2]]) {
    const spec = { maxNorm: { value: limit, axis } };

    test(`is satisfied after every step, along axis ${JSON.stringify(axis)}`, async () => {
      const model = tinyModel(spec);
      let steps = 0;
      for await (const { kind } of train({
        model,
        config: configOf({ epochs: 2, optimizer }),
        train: source,
      })) {
        if (kind !== 'step') continue;
        steps++;
        for (const norm of await largestNorms(model, axis))
          expect(norm).toBeLessThanOrEqual(limit * (1 + 1e-6));
      }
      expect(steps).toBe(6);
      // And binds: training would go beyond it.
      expect(Math.max(...(await largestNorms(model, axis)))).toBeGreaterThan(limit * (1 - 1e-4));
      model.dispose();
    });

    test(`is not satisfied in stock model.fit, along axis ${JSON.stringify(axis)}`, async () => {
      const model = tinyModel(spec);
      await collect(train({ model, config: configOf({ epochs: 1, optimizer }), train: source }));
      model.compile({ optimizer: tf.train.adam(0.01), loss: 'categoricalCrossentropy' });
      const { images, labels, size } = source.batch(0, 0);
      const x = tf.tensor(images, [size, ...source.imageShape]);
      const y = tf.oneHot(tf.tensor1d([...labels], 'int32'), numClasses);
      await model.fit(x, y, { epochs: 6, batchSize: size, verbose: 0 });
      for (const norm of await largestNorms(model, axis)) expect(norm).toBeGreaterThan(1.2 * limit);
      tf.dispose([x, y]);
      model.dispose();
    });
  }
});
