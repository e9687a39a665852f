import type { NamedArray, OptimizerConfig } from '@dropout-lab/contracts';
import * as tf from '@tensorflow/tfjs-core';
import { TrainingError } from './errors.ts';

/** A variable that is trained, under the name that its slots are kept by. */
export interface TrainedVariable {
  readonly name: string;
  readonly variable: tf.Variable;
}

/** Updates variables from gradients. Its slots are all of its state but the number of updates made. */
export interface Optimizer {
  /**
   * One update of every variable.
   *
   * @param gradients One for each variable, in their order; the caller keeps them.
   * @param step Updates made before this one, from 0.
   */
  update(gradients: readonly tf.Tensor[], learningRate: number, step: number): void;
  /** A copy of the slots, for a checkpoint. */
  readSlots(): Promise<NamedArray[]>;
  /** @throws TrainingError when the slots are not this optimizer's. */
  writeSlots(slots: readonly NamedArray[]): void;
  /** Frees the slots; the trained variables stay. */
  dispose(): void;
}

/** The optimizer of a configuration, with Keras's formulas, not TensorFlow.js's. */
export const createOptimizer = (
  config: OptimizerConfig,
  variables: readonly TrainedVariable[],
): Optimizer => {
  switch (config.name) {
    case 'adam':
      return createAdam(config, variables);
    case 'sgd':
      return config.momentum > 0 ? createMomentumSGD(config, variables) : createSGD(variables);
  }
};

type Config<Name> = Extract<OptimizerConfig, { name: Name }>;

/**
 * Adam in the formulation just before section 2.1 of Kingma & Ba 2015, as `keras.optimizers.Adam`:
 *
 *   alpha = learningRate * sqrt(1 - beta2^t) / (1 - beta1^t)
 *   m += (g - m) * (1 - beta1)
 *   v += (g^2 - v) * (1 - beta2)
 *   w -= alpha * m / (sqrt(v) + epsilon)
 */
const createAdam = (
  { beta1, beta2, epsilon }: Config<'adam'>,
  variables: readonly TrainedVariable[],
): Optimizer => {
  const m = createSlots('m', variables);
  const v = createSlots('v', variables);
  const update: Optimizer['update'] = (gradients, learningRate, step) => {
    const alpha = biasCorrectedRate(learningRate, beta1, beta2, step + 1);
    variables.forEach(({ variable }, i) => {
      tf.tidy(() => {
        const g = gradients[i]!;
        const mean = m[i]!.variable;
        const meanSquare = v[i]!.variable;
        mean.assign(moveTowards(mean, g, 1 - beta1));
        meanSquare.assign(moveTowards(meanSquare, tf.square(g), 1 - beta2));
        const denominator = tf.add(tf.sqrt(meanSquare), epsilon);
        variable.assign(tf.sub(variable, tf.div(tf.mul(mean, alpha), denominator)));
      });
    });
  };
  return withSlots([...m, ...v], update);
};

/** In float32 at every operation, as Keras: at the first step 1 - beta2 differs from float64's by 1.3e-5. */
const biasCorrectedRate = (learningRate: number, beta1: number, beta2: number, t: number): number => {
  const power = (beta: number): number => Math.fround(Math.fround(beta) ** t);
  const correction = Math.fround(Math.sqrt(Math.fround(1 - power(beta2))));
  return Math.fround(Math.fround(Math.fround(learningRate) * correction) / Math.fround(1 - power(beta1)));
};

/** average + (target - average) * fraction */
const moveTowards = (average: tf.Tensor, target: tf.Tensor, fraction: number): tf.Tensor =>
  tf.add(average, tf.mul(tf.sub(target, average), fraction));

/** w -= learningRate * g */
const createSGD = (variables: readonly TrainedVariable[]): Optimizer =>
  withSlots([], (gradients, learningRate) => {
    variables.forEach(({ variable }, i) => {
      tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(gradients[i]!, learningRate))));
    });
  });

/**
 * SGD with momentum as `keras.optimizers.SGD`, the learning rate inside the velocity:
 *
 *   velocity = momentum * velocity - learningRate * g
 *   w += nesterov ? momentum * velocity - learningRate * g : velocity
 */
const createMomentumSGD = (
  { momentum, nesterov }: Config<'sgd'>,
  variables: readonly TrainedVariable[],
): Optimizer => {
  const velocities = createSlots('velocity', variables);
  return withSlots(velocities, (gradients, learningRate) => {
    variables.forEach(({ variable }, i) => {
      tf.tidy(() => {
        const velocity = velocities[i]!.variable;
        const descent = tf.mul(gradients[i]!, learningRate);
        velocity.assign(tf.sub(tf.mul(velocity, momentum), descent));
        const move = nesterov ? tf.sub(tf.mul(velocity, momentum), descent) : velocity;
        variable.assign(tf.add(variable, move));
      });
    });
  });
};

const createSlots = (kind: string, variables: readonly TrainedVariable[]): TrainedVariable[] =>
  variables.map(({ name, variable }) => ({
    name: `${kind}/${name}`,
    variable: tf.tidy(() => tf.variable(tf.zerosLike(variable), false)),
  }));

const withSlots = (slots: readonly TrainedVariable[], update: Optimizer['update']): Optimizer => ({
  update,
  readSlots: () =>
    Promise.all(
      slots.map(async ({ name, variable }) => ({
        name,
        shape: variable.shape,
        values: Float32Array.from(await variable.data()),
      })),
    ),
  writeSlots: (arrays) => {
    const expected = slots.map(({ name, variable }) => describe(name, variable.shape));
    const found = arrays.map(({ name, shape }) => describe(name, shape));
    if (expected.join() !== found.join()) {
      throw new TrainingError(
        `optimizer state: expected ${expected.join(', ') || 'none'}, found ${found.join(', ') || 'none'}: resume with the optimizer and model that the run was started with`,
      );
    }
    slots.forEach(({ variable }, i) => {
      // A copy, since the cpu backend keeps the array that it is given.
      tf.tidy(() => variable.assign(tf.tensor(arrays[i]!.values.slice(), variable.shape)));
    });
  },
  dispose: () => {
    for (const { variable } of slots) variable.dispose();
  },
});

const describe = (name: string, shape: readonly number[]): string => `${name} [${shape.join(' x ')}]`;
