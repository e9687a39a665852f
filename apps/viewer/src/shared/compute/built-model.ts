import type { ModelSpec, NamedArray, RunConfig } from '@dropout-lab/contracts';
import { buildModel, Dropout, logitsModel, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { specAtRate } from './dropout-rates.ts';

/** A trained model. */
export interface PlaygroundModel {
  /** From the configuration of the run that trained it. */
  readonly config: Pick<RunConfig, 'model' | 'dataset' | 'seed'>;
  readonly weights: readonly NamedArray[];
}

/** A trained model, built with its dropout layers at a rate. */
export interface BuiltModel {
  readonly rate: number | null;
  readonly spec: ModelSpec;
  readonly model: LayersModel;
  /** Returns logits. */
  readonly classifier: LayersModel;
  /** Returns the output of each convolution, and logits. */
  readonly probe: LayersModel;
  /** Names of the convolutions. */
  readonly names: readonly string[];
  /** Those that drop anything. */
  readonly dropouts: readonly {
    readonly layer: Dropout;
    /** Name of the convolution before it. */
    readonly after: string | undefined;
  }[];
  /** Returns what each of `dropouts` is given; undefined where there are none. */
  readonly beforeDropout: LayersModel | undefined;
}

/**
 * Builds a trained model with its dropout layers at another rate, which its weights do not depend on.
 *
 * @param rate Null for each layer's own.
 * @throws ModelError when the weights do not fit.
 */
export const buildAtRate = ({ config, weights }: PlaygroundModel, rate: number | null): BuiltModel => {
  const spec = specAtRate(config, rate);
  const model = buildModel(spec, config.seed);
  writeWeights(model, weights);
  // Whether the model ends in probabilities or in logits.
  const classifier = logitsModel(model);
  const convolutions = model.layers.filter(isConvolution);
  const outputs = [...convolutions.map((layer) => layer.output as SymbolicTensor), classifier.outputs[0]!];
  const names = convolutions.map(({ name }) => name);
  const { inputs } = model;
  const dropouts = model.layers.flatMap((layer, i) =>
    layer instanceof Dropout && layer.rate > 0
      ? [{ layer, after: model.layers.slice(0, i).findLast(isConvolution)?.name }]
      : [],
  );
  const given = dropouts.map(({ layer }) => layer.input as SymbolicTensor);
  return {
    rate,
    spec,
    model,
    classifier,
    probe: modelOf({ inputs, outputs }),
    names,
    dropouts,
    beforeDropout: given.length === 0 ? undefined : modelOf({ inputs, outputs: given }),
  };
};

const isConvolution = (layer: { getClassName(): string }): boolean =>
  /^(DropConnect)?Conv2D$/.test(layer.getClassName());

/** Returns a batch of copies of one image, in the model's data format. */
export const batchOf = ({ spec }: BuiltModel, pixels: Uint8Array, copies = 1): tf.Tensor => {
  const image = tf.div(tf.tensor(Float32Array.from(pixels), [1, ...spec.inputShape]), 255);
  const placed = spec.dataFormat === 'channels_last' ? image : tf.transpose(image, [0, 3, 1, 2]);
  return tf.tile(placed, [copies, 1, 1, 1]);
};
