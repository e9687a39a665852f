import { applyConstraints, buildModel } from '@dropout-lab/model';
import { createOptimizer, type Replica } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { config, loadBatch } from './workload.ts';

export interface Trainer {
  readonly model: LayersModel;
  /** A whole training step, gradients by `replica`. */
  step(replica: Replica): Promise<void>;
}

/** The tutorial's model and what trains it. */
export const createTrainer = (): Trainer => {
  const batch = loadBatch();
  const model = buildModel(config.model, config.seed);
  const variables = model.trainableWeights.map((weight) => ({
    name: weight.originalName,
    variable: weight.read() as tf.Variable,
  }));
  const optimizer = createOptimizer(config.optimizer, variables);
  let step = 0;
  return {
    model,
    step: async (replica) => {
      const position = { step, rowOffset: 0, batchSize: batch.size };
      const { gradients } = await replica.gradients(batch, position);
      optimizer.update(gradients, config.optimizer.learningRate, step);
      tf.dispose(gradients);
      applyConstraints(model);
      step++;
    },
  };
};
