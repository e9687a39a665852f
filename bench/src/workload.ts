import { createBatches } from '@dropout-lab/cifar';
import { loadSample } from '@dropout-lab/cifar/sample';
import { type Batch, parseRunConfig } from '@dropout-lab/contracts';

/** The tutorial's run: its model, Adam, batches of 250. */
export const config = parseRunConfig({});

/** A batch of 250 real images, 25 of each class. */
export const loadBatch = (): Batch =>
  createBatches(loadSample().train, { batchSize: config.batchSize }).batch(0, 0);
