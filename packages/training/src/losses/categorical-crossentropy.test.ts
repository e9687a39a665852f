import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import reference from '../fixtures/reference.json' with { type: 'json' };
import { createReplica } from './index.ts';

describe('the loss behind a softmax, at logits that its probabilities cannot tell apart', () => {
  for (const { logits, label, loss, gradient } of reference.crossentropy) {
    test(`is Keras’s, as is its gradient: class ${label} of ${logits}`, async () => {
      const dense = layers.dense({ units: 3, inputShape: [3], kernelInitializer: 'identity' });
      const model = sequential({ layers: [dense, layers.activation({ activation: 'softmax' })] });
      const image = { images: Float32Array.from(logits), labels: Uint8Array.of(label), size: 1 };
      const found = await createReplica(model).gradients(image, { step: 0, rowOffset: 0, batchSize: 1 });
      expect(found.loss).toBeCloseTo(loss, 6);
      // That of the bias, which is added to the logits.
      expect([...found.gradients[1]!.dataSync()]).toEqual(gradient.map((slope) => expect.closeTo(slope, 6)));
      tf.dispose(found.gradients);
      model.dispose();
    });
  }
});
