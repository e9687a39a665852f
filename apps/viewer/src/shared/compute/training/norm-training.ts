import type { RunConfig } from '@dropout-lab/contracts';
import { type LoadedDataset, prepareRunData } from '@dropout-lab/data';
import { weightNorms } from '@dropout-lab/metrics';
import { buildModel, modelSpecOf } from '@dropout-lab/model';
import { createReplica, train } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { startComputing } from '../backend.ts';

/** The norms of a layer's units after a step. */
export interface NormsAfterStep {
  readonly step: number;
  readonly epoch: number;
  /** Of each unit's incoming weights, by unit. */
  readonly norms: Float64Array;
}

/** The page's end of a training whose norms it watches. */
interface NormsListener {
  norms(after: NormsAfterStep): void;
  /** Returns the images that ship with the pages. */
  sample(): Promise<LoadedDataset>;
}

/** The service that trains a run for its norms alone: nothing of it is kept. */
export const normTraining = {
  /** Trains on wasm, and says the norms of a dense layer's units before the first step and after each. */
  trainForNorms: async (config: RunConfig, layer: string, listener: NormsListener): Promise<void> => {
    const data = prepareRunData(await listener.sample(), config);
    await startComputing('wasm');
    const model = buildModel(modelSpecOf(config), config.seed);
    listener.norms({ step: 0, epoch: 1, norms: await normsOf(model, layer) });
    const events = train({
      model,
      config,
      train: data.train,
      replica: createReplica(model),
      checkpoints: { save: async () => {} },
    });
    for await (const event of events) {
      if (event.kind !== 'step') continue;
      listener.norms({ step: event.step, epoch: event.epoch, norms: await normsOf(model, layer) });
    }
    model.dispose();
  },
};

const normsOf = async (model: LayersModel, layer: string): Promise<Float64Array> => {
  const kernel = model.getLayer(layer).getWeights()[0]!;
  // A copy: some backends hand out views of memory that the next operation overwrites.
  const values = (await kernel.data<'float32'>()).slice();
  return weightNorms({ name: layer, shape: kernel.shape, values }, [0]);
};
