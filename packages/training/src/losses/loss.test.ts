import { type LossConfig, lossSchema } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import fixtures from '../../fixtures/losses.json' with { type: 'json' };
import { createReplica } from '../index.ts';
import { closeTo, namesWithout } from '../testing.ts';
import { createLoss } from './loss.ts';

/** Losses by Keras, behind a softmax. */
interface Case {
  readonly settings: LossConfig;
  /** Each by itself. */
  readonly rows: readonly {
    readonly logits: readonly number[];
    readonly label: number;
    readonly loss: number;
    readonly gradient: readonly number[];
  }[];
  /** Of all rows. */
  readonly mean: number;
}

const cases = Object.values(fixtures as unknown as Readonly<Record<string, readonly Case[]>>).flat();

test('Keras has been asked about every loss', () => {
  expect(namesWithout(lossSchema, fixtures)).toBe('');
});

for (const { settings, rows, mean } of cases) {
  describe(`${JSON.stringify(settings)}, at logits that their probabilities cannot tell apart`, () => {
    for (const { logits, label, loss, gradient } of rows) {
      test(`is Keras’s, as is its gradient: class ${label} of ${logits}`, async () => {
        const units = logits.length;
        const dense = layers.dense({ units, inputShape: [units], kernelInitializer: 'identity' });
        const model = sequential({ layers: [dense, layers.activation({ activation: 'softmax' })] });
        const image = { images: Float32Array.from(logits), labels: Uint8Array.of(label), size: 1 };
        const position = { step: 0, rowOffset: 0, batchSize: 1, loss: settings };
        const found = await createReplica(model).gradients(image, position);
        expect([found.loss]).toEqual(closeTo([loss]));
        // That of the bias, which is added to the logits.
        expect([...found.gradients[1]!.dataSync()]).toEqual(closeTo(gradient));
        tf.dispose(found.gradients);
        model.dispose();
      });
    }

    test('the mean of all rows, outside TensorFlow', () => {
      const logits = Float32Array.from(rows.flatMap((row) => row.logits));
      const labels = Uint8Array.from(rows, (row) => row.label);
      const found = createLoss(settings).mean(logits, labels, rows[0]!.logits.length);
      expect([found]).toEqual(closeTo([mean]));
    });
  });
}
