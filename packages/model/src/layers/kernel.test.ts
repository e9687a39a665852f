import {
  type ConstraintConfig,
  constraintSchema,
  layerSchema,
  type RegularizerConfig,
  regularizerSchema,
} from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import fixtures from '../../fixtures/constraints.json' with { type: 'json' };
import ofRegularizers from '../../fixtures/regularizers.json' with { type: 'json' };
import { closeTo, namesWithout } from '../testing.ts';
import { kernelArgs } from './kernel.ts';
import type { LayerOf } from './layer.ts';

/** A kernel before and after a constraint of Keras's. */
interface Case {
  readonly settings: ConstraintConfig;
  readonly shape: number[];
  readonly kernel: number[];
  readonly constrained: number[];
}

const argsOf = (settings: object) =>
  kernelArgs(layerSchema.parse({ kind: 'dense', units: 1, ...settings }) as LayerOf<'dense'>);

const cases = Object.values(fixtures as unknown as Readonly<Record<string, readonly Case[]>>).flat();

test('there are outputs of Keras for every constraint', () => {
  expect(namesWithout(constraintSchema, fixtures)).toBe('');
});

describe('a constraint is Keras’s', () => {
  for (const { settings, shape, kernel, constrained } of cases) {
    test(`${JSON.stringify(settings)} of [${shape}]`, () => {
      const { kernelConstraint } = argsOf({ kernelConstraint: settings });
      const found = tf.tidy(() => [...kernelConstraint!.apply(tf.tensor(kernel, shape)).dataSync()]);
      expect(found).toEqual(closeTo(constrained));
    });
  }
});

/** The penalty of a kernel in Keras, and its gradient. */
interface RegularizerCase {
  readonly settings: RegularizerConfig;
  readonly shape: number[];
  readonly kernel: number[];
  readonly penalty: number;
  readonly gradient: number[];
}

test('there are outputs of Keras for every regularizer', () => {
  expect(namesWithout(regularizerSchema, ofRegularizers)).toBe('');
});

describe('a regularizer is Keras’s', () => {
  const cases = Object.values(ofRegularizers as unknown as Record<string, readonly RegularizerCase[]>).flat();
  for (const { settings, shape, kernel, penalty, gradient } of cases) {
    test(`${JSON.stringify(settings)} of [${shape}]`, () => {
      const { kernelRegularizer } = argsOf({ kernelRegularizer: settings });
      if (kernelRegularizer === undefined) {
        expect([penalty, ...gradient]).toEqual([penalty, ...gradient].fill(0));
        return;
      }
      const { value, grad } = tf.tidy(() => {
        const penaltyOf = (x: tf.Tensor) => kernelRegularizer.apply(x);
        const { value, grad } = tf.valueAndGrad(penaltyOf)(tf.tensor(kernel, shape));
        return { value: [...value.dataSync()], grad: [...grad.dataSync()] };
      });
      expect(value).toEqual(closeTo([penalty]));
      expect(grad).toEqual(closeTo(gradient));
    });
  }
});
