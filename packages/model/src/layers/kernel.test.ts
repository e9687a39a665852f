import { type ConstraintConfig, constraintSchema } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import fixtures from '../../fixtures/constraints.json' with { type: 'json' };
import { closeTo, namesWithout } from '../testing.ts';
import { kernelArgs } from './kernel.ts';

/** A kernel before and after a constraint of Keras's. */
interface Case {
  readonly settings: ConstraintConfig;
  readonly shape: number[];
  readonly kernel: number[];
  readonly constrained: number[];
}

const cases = Object.values(fixtures as unknown as Readonly<Record<string, readonly Case[]>>).flat();

test('there are outputs of Keras for every constraint', () => {
  expect(namesWithout(constraintSchema, fixtures)).toBe('');
});

describe('a constraint is Keras’s', () => {
  for (const { settings, shape, kernel, constrained } of cases) {
    test(`${JSON.stringify(settings)} of [${shape}]`, () => {
      const { kernelConstraint } = kernelArgs({
        kind: 'dense',
        name: null,
        units: shape.at(-1)!,
        activation: 'linear',
        useBias: true,
        kernelInitializer: 'he_uniform',
        kernelConstraint: settings,
      });
      const found = tf.tidy(() => [...kernelConstraint!.apply(tf.tensor(kernel, shape)).dataSync()]);
      expect(found).toEqual(closeTo(constrained));
    });
  }
});
