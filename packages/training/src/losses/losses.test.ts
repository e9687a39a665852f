import { type LossConfig, lossSchema } from '@dropout-lab/contracts';
import type { HeadActivation } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import fixtures from '../../fixtures/losses.json' with { type: 'json' };
import { createReplica } from '../index.ts';
import { closeTo, namesWithout } from '../testing.ts';
import { createLoss } from './table.ts';

/** Losses by Keras, behind an activation. */
interface Case {
  readonly settings: LossConfig;
  /** Each by itself. */
  readonly rows: readonly {
    readonly head: HeadActivation;
    readonly logits: readonly number[];
    readonly label: number;
    readonly loss: number;
    readonly gradient: readonly number[];
  }[];
  /** Of all rows of several units, for each activation. */
  readonly means: { readonly [Head in HeadActivation]?: number };
  /** Of rows whose targets are numbers between classes, each with a weight; the gradient is that of a bias. */
  readonly mixed: {
    readonly logits: readonly (readonly number[])[];
    readonly targets: readonly (readonly number[])[];
    readonly weights: readonly number[];
    readonly heads: {
      readonly [Head in HeadActivation]?: { readonly loss: number; readonly gradient: readonly number[] };
    };
  };
}

const cases = Object.values(fixtures as unknown as Readonly<Record<string, readonly Case[]>>).flat();

test('there are outputs of Keras for every loss', () => {
  expect(namesWithout(lossSchema, fixtures)).toBe('');
});

for (const { settings, rows, means, mixed } of cases) {
  describe(`${JSON.stringify(settings)}, at logits of equal probabilities`, () => {
    for (const { head, logits, label, loss, gradient } of rows) {
      test(`is Keras’s, as is its gradient: class ${label} of ${logits}, ${head}`, async () => {
        const units = logits.length;
        const dense = layers.dense({ units, inputShape: [units], kernelInitializer: 'identity' });
        const end = head === 'linear' ? [] : [layers.activation({ activation: head })];
        const model = sequential({ layers: [dense, ...end] });
        const image = { images: Float32Array.from(logits), labels: targetsOf(label, units, head), size: 1 };
        const position = { step: 0, rowOffset: 0, batchSize: 1, loss: settings };
        const found = await createReplica(model).gradients(image, position);
        expect([found.loss]).toEqual(closeTo([loss]));
        // That of the bias, which is added to the logits.
        const isOfProbabilities = head === 'softmax' && !settings.name.endsWith('crossentropy');
        // The softmax of wasm is not exact where a probability is next to nothing.
        expect([...found.gradients[1]!.dataSync()]).toEqual(
          closeTo(gradient, isOfProbabilities ? 0.01 : undefined),
        );
        tf.dispose(found.gradients);
        model.dispose();
      });
    }

    for (const [head, { loss, gradient }] of Object.entries(mixed.heads)) {
      test(`is Keras’s for targets between classes, with weights, ${head}`, async () => {
        const units = 3;
        const dense = layers.dense({ units, inputShape: [units], kernelInitializer: 'identity' });
        const end = head === 'linear' ? [] : [layers.activation({ activation: head as HeadActivation })];
        const model = sequential({ layers: [dense, ...end] });
        const logits = Float32Array.from(mixed.logits.flat());
        const labels = Float32Array.from(mixed.targets.flat());
        const sampleWeights = Float32Array.from(mixed.weights);
        const batch = { images: logits, labels, sampleWeights, size: 3 };
        const position = { step: 0, rowOffset: 0, batchSize: 3, loss: settings };
        const found = await createReplica(model).gradients(batch, position);
        expect([found.loss]).toEqual(closeTo([loss]));
        expect([...found.gradients[1]!.dataSync()]).toEqual(closeTo(gradient, 0.1));
        const mean = createLoss(settings).mean({
          ...{ logits, activation: head as HeadActivation, units, rows: 3 },
          ...{ targets: labels, weights: sampleWeights },
        });
        expect([mean]).toEqual(closeTo([loss]));
        tf.dispose(found.gradients);
        model.dispose();
      });
    }

    for (const [head, mean] of Object.entries(means)) {
      test(`the mean of all rows, outside TensorFlow, ${head}`, () => {
        const several = rows.filter((row) => row.head === head && row.logits.length > 1);
        const found = createLoss(settings).mean({
          logits: Float32Array.from(several.flatMap((row) => row.logits)),
          activation: head as HeadActivation,
          units: 3,
          targets: Uint8Array.from(several, (row) => row.label),
          rows: several.length,
        });
        expect([found]).toEqual(closeTo([mean]));
      });
    }
  });
}

/** A class, or what is the same to a loss that is not about classes: numbers in the shape of the output. */
const targetsOf = (label: number, units: number, head: HeadActivation) =>
  head === 'linear' && units > 1
    ? Float32Array.from({ length: units }, (_, unit) => Number(unit === label))
    : Uint8Array.of(label);
