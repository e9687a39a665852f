import type { BrowserBackendChoice } from '@dropout-lab/backend/browser';
import type { ModelSpec, NamedArray, RunConfig } from '@dropout-lab/contracts';
import { buildModel, Dropout, logitsModel, setDropoutPosition, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { type LayersModel, model as modelOf, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { raceSignal } from 'race-signal';
import { type Computing, startComputing } from './backend.ts';
import { dropoutRates, specAtRate } from './dropout-rates.ts';

/** A trained model. */
export interface PlaygroundModel {
  /** From the configuration of the run that trained it. */
  readonly config: Pick<RunConfig, 'model' | 'dataset' | 'seed'>;
  readonly weights: readonly NamedArray[];
}

/** A model's dropout. */
export interface ModelDropout {
  /** The highest rate of its layers, 0 without dropout layers. */
  readonly rate: number;
  /** Whether the rate can be changed. */
  readonly isAdjustable: boolean;
}

/** A layer's output for one image, or its mask: [height, width, channels], or [units]. */
export interface LayerMap {
  readonly layer: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** The result of a model for an image, without dropout. */
export interface Classification {
  /** 0..1 by class. */
  readonly probabilities: Float32Array;
  /** The output of each convolution. */
  readonly featureMaps: readonly LayerMap[];
  readonly milliseconds: number;
}

/** The results of a model for an image, with dropout. */
export interface MaskedPasses {
  /** 0..1 by class, of each pass. */
  readonly probabilities: readonly Float32Array[];
  /** The first pass's mask of each dropout layer: 0 where a unit is dropped, else the factor that makes up for the dropped. */
  readonly masks: readonly LayerMap[];
  readonly milliseconds: number;
}

interface BuiltModel {
  readonly rate: number | null;
  readonly spec: ModelSpec;
  readonly model: LayersModel;
  /** Returns logits. */
  readonly classifier: LayersModel;
  /** Returns the output of each convolution, and logits. */
  readonly probe: LayersModel;
  /** Names of the convolutions. */
  readonly names: readonly string[];
}

/** Returns services that run one model on images, at any dropout rate. */
export const createPlayground = () => {
  let computing: Computing | undefined;
  let opened: PlaygroundModel | undefined;
  let built: BuiltModel | undefined;

  /** Returns the model at another rate, null for its own: its weights do not depend on the rate. */
  const atRate = (rate: number | null): BuiltModel => {
    if (built?.rate === rate) return built;
    built?.model.dispose();
    const { config, weights } = opened!;
    const spec = specAtRate(config, rate);
    const model = buildModel(spec, config.seed);
    writeWeights(model, weights);
    // Whether the model ends in probabilities or in logits.
    const classifier = logitsModel(model);
    const convolutions = model.layers.filter((layer) => layer.getClassName() === 'Conv2D');
    const outputs = [...convolutions.map((layer) => layer.output as SymbolicTensor), classifier.outputs[0]!];
    const names = convolutions.map(({ name }) => name);
    built = { rate, spec, model, classifier, probe: modelOf({ inputs: model.inputs, outputs }), names };
    return built;
  };

  /** Returns a batch of copies of one image, in the model's data format. */
  const batchOf = ({ spec }: BuiltModel, pixels: Uint8Array, copies = 1): tf.Tensor => {
    const image = tf.div(tf.tensor(Float32Array.from(pixels), [1, ...spec.inputShape]), 255);
    const placed = spec.dataFormat === 'channels_last' ? image : tf.transpose(image, [0, 3, 1, 2]);
    return tf.tile(placed, [copies, 1, 1, 1]);
  };

  return {
    /** @returns Which backend computes, and why that one. */
    startBackend: async (choice: BrowserBackendChoice): Promise<string> => {
      computing = await startComputing(choice);
      return computing.backend.reason;
    },
    /** @throws ModelError when the weights do not fit. */
    open: (model: PlaygroundModel): ModelDropout => {
      opened = model;
      built?.model.dispose();
      built = undefined;
      const { spec } = atRate(null);
      return {
        rate: Math.max(0, ...dropoutRates(spec.layers)),
        isAdjustable: dropoutRates(specAtRate(model.config, 0.5).layers).length > 0,
      };
    },
    /** @param pixels uint8 of the model's input shape, [height, width, channels]. */
    classify: async (pixels: Uint8Array): Promise<Classification> => {
      // At any rate: dropout is off.
      const { probe, names } = built!;
      const begun = performance.now();
      const outputs = tf.tidy(() => {
        const found = [probe.apply(batchOf(built!, pixels)) as tf.Tensor | tf.Tensor[]].flat();
        return [...found.slice(0, -1), tf.softmax(found.at(-1)!)];
      });
      const maps = await raceSignal(readMaps(outputs, [...names, 'probabilities']), computing!.lost);
      return {
        featureMaps: maps.slice(0, -1),
        probabilities: maps.at(-1)!.values,
        milliseconds: performance.now() - begun,
      };
    },
    /**
     * Runs passes with a mask each (Monte Carlo dropout: Gal & Ghahramani 2016).
     *
     * @param rate Rate of all dropout layers; null for each layer's own.
     * @param draw Number of the draw: the same number gives the same masks.
     */
    maskedPasses: async (
      pixels: Uint8Array,
      {
        rate,
        draw,
        passes,
      }: { readonly rate: number | null; readonly draw: number; readonly passes: number },
    ): Promise<MaskedPasses> => {
      const { model, classifier } = atRate(rate);
      const begun = performance.now();
      const dropouts = model.layers
        .filter((layer) => layer instanceof Dropout)
        .filter((layer) => layer.rate > 0);
      const [probabilities, ...masks] = tf.tidy(() => {
        setDropoutPosition(model, { step: draw });
        const logits = classifier.apply(batchOf(built!, pixels, passes), { training: true }) as tf.Tensor;
        setDropoutPosition(model, { step: draw });
        // A masked tensor of ones is the mask; its first row does not depend on the number of rows.
        const ones = (layer: Dropout) => tf.ones([1, ...(layer.outputShape as number[]).slice(1)]);
        return [
          tf.softmax(logits),
          ...dropouts.map((layer) => layer.apply(ones(layer), { training: true }) as tf.Tensor),
        ];
      }) as [tf.Tensor, ...tf.Tensor[]];
      const [read, maps] = await raceSignal(
        Promise.all([
          readMaps([probabilities], ['probabilities']),
          readMaps(
            masks,
            dropouts.map(({ name }) => name),
          ),
        ]),
        computing!.lost,
      );
      const all = read[0]!.values;
      const classes = all.length / passes;
      const rows = Array.from({ length: passes }, (_, i) => all.slice(i * classes, (i + 1) * classes));
      return {
        probabilities: rows,
        masks: maps,
        milliseconds: performance.now() - begun,
      };
    },
  };
};

/** Reads batches of one image, and disposes them. */
const readMaps = (tensors: readonly tf.Tensor[], names: readonly string[]): Promise<LayerMap[]> =>
  Promise.all(
    tensors.map(async (tensor, i) => {
      // A copy: some backends hand out views of memory that the next operation overwrites.
      const values = (await tensor.data<'float32'>()).slice();
      tensor.dispose();
      return { layer: names[i]!, shape: tensor.shape.slice(1), values };
    }),
  );
