import { loadSample } from '@dropout-lab/cifar/sample';
import { type Batch, type BatchSource, type ImageDataset, parseRunConfig } from '@dropout-lab/contracts';
import { createBatches } from '@dropout-lab/data';
import { fold, randomKey } from '@dropout-lab/random';

/** The tutorial's run: its model, Adam, batches of 250. */
export const config = parseRunConfig({});

/** Loads a batch of real images; one of 250 has 25 of each class. */
export const loadBatch = (size = config.batchSize): Batch =>
  createBatches(loadSample().train, { batchSize: size }).batch(0, 0);

/** Shuffled batches of 250. */
export const createSource = (images: ImageDataset): BatchSource =>
  createBatches(images, { batchSize: config.batchSize, shuffle: fold(randomKey(config.seed), 'shuffle') });
