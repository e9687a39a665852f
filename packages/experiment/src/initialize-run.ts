import type { Batch, RunConfig } from '@dropout-lab/contracts';
import { initializeFromImages, modelSpecOf } from '@dropout-lab/model';
import { imageValues } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';

/** Computes the initial kernels of a run's model that depend on its training images; most models have none. */
export const initializeRun = (
  model: LayersModel,
  config: Pick<RunConfig, 'model' | 'dataset'>,
  { firstTrainImages }: { readonly firstTrainImages: (most: number) => Pick<Batch, 'images' | 'size'> },
): void =>
  initializeFromImages(model, modelSpecOf(config), (most) => {
    const { images, size } = firstTrainImages(most);
    return { values: imageValues(images), size };
  });
