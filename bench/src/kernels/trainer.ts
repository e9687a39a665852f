import { applyConstraints, buildModel, modelSpecOf, trainedWeights } from '@dropout-lab/model';
import { createOptimizer, type Replica } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { config, loadBatch } from '../shared/workload.ts';

export interface Trainer {
  readonly model: LayersModel;
  /**
   * Takes a whole training step, with gradients from `replica`.
   *
   * @param kernelTime Returns the milliseconds that kernels have taken.
   * @returns The milliseconds of the update after the gradients, and those of its kernels.
   */
  step(
    replica: Replica,
    kernelTime?: () => number,
  ): Promise<{ readonly update: number; readonly kernelsOfUpdate: number }>;
}

/** The tutorial's model with its optimizer and constraints. */
export const createTrainer = (): Trainer => {
  const batch = loadBatch();
  const model = buildModel(modelSpecOf(config), config.seed);
  const optimizer = createOptimizer(config.optimizer, trainedWeights(model));
  let step = 0;
  return {
    model,
    step: async (replica, kernelTime = () => 0) => {
      const position = { step, rowOffset: 0, batchSize: batch.size };
      const { gradients } = await replica.gradients(batch, position);
      const [start, kernels] = [performance.now(), kernelTime()];
      optimizer.update(gradients, config.optimizer.learningRate, step);
      tf.dispose(gradients);
      applyConstraints(model);
      step++;
      return { update: performance.now() - start, kernelsOfUpdate: kernelTime() - kernels };
    },
  };
};
