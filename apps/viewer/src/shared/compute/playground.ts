import type { BrowserBackendChoice } from '@dropout-lab/backend/browser';
import { Dropout, setDropoutPosition } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { raceSignal } from 'race-signal';
import { type Computing, startComputing } from './backend.ts';
import { type BuiltModel, batchOf, buildAtRate, type PlaygroundModel } from './built-model.ts';
import { dropoutRates, specAtRate } from './dropout-rates.ts';

/** A model's dropout. */
export interface ModelDropout {
  /** The highest rate of its layers, 0 without dropout layers. */
  readonly rate: number;
  /** Whether the rate can be changed. */
  readonly isAdjustable: boolean;
}

/** A layer of the network. */
export interface NetworkLayer {
  readonly name: string;
  /** Of its output for an image. */
  readonly shape: readonly number[];
  /** Of its weights, statistics included. */
  readonly parameters: number;
  /** Of a layer of dropout. */
  readonly rate: number | undefined;
}

/** A layer's output for one image: [height, width, channels], or [units]. */
export interface LayerMap {
  readonly layer: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** A dropout layer's input for one image, and its mask. */
export interface MaskedMap extends LayerMap {
  /** Of each unit: 0 where it is dropped, else the factor that makes up for the dropped. */
  readonly mask: Float32Array;
  /** The convolution before it; undefined where there is none. */
  readonly after: string | undefined;
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
  /** The first pass's units before each dropout layer, with the mask that lies over them. */
  readonly maskedMaps: readonly MaskedMap[];
  readonly milliseconds: number;
}

/** Returns services that run one model on images, at any dropout rate. */
export const createPlayground = () => {
  let computing: Computing | undefined;
  let opened: PlaygroundModel | undefined;
  let built: BuiltModel | undefined;

  const atRate = (rate: number | null): BuiltModel => {
    if (built?.rate === rate) return built;
    built?.model.dispose();
    built = buildAtRate(opened!, rate);
    return built;
  };

  return {
    /** @returns Which backend computes, and why that one. */
    startBackend: async (choice: BrowserBackendChoice): Promise<string> => {
      computing = await startComputing(choice);
      return computing.backend.reason;
    },
    /** @throws ModelError when the weights do not fit. */
    open: (
      model: PlaygroundModel,
    ): { readonly dropout: ModelDropout; readonly layers: readonly NetworkLayer[] } => {
      opened = model;
      built?.model.dispose();
      built = undefined;
      const { spec, model: network } = atRate(null);
      return {
        dropout: {
          rate: Math.max(0, ...dropoutRates(spec.layers)),
          isAdjustable: dropoutRates(specAtRate(model.config, 0.5).layers).length > 0,
        },
        layers: network.layers.map((layer) => ({
          name: layer.name,
          shape: (layer.outputShape as number[]).slice(1),
          parameters: layer.countParams(),
          rate: layer instanceof Dropout ? layer.rate : undefined,
        })),
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
      const { classifier, model, dropouts, beforeDropout } = atRate(rate);
      const begun = performance.now();
      const [probabilities, ...parts] = tf.tidy(() => {
        setDropoutPosition(model, { step: draw });
        const logits = classifier.apply(batchOf(built!, pixels, passes), { training: true }) as tf.Tensor;
        // The first row of masks does not depend on the number of rows.
        setDropoutPosition(model, { step: draw });
        const units = [
          beforeDropout?.apply(batchOf(built!, pixels), { training: true }) as tf.Tensor | tf.Tensor[],
        ].flat();
        setDropoutPosition(model, { step: draw });
        // A masked tensor of ones is the mask.
        const masks = dropouts.map(
          ({ layer }, i) => layer.apply(tf.onesLike(units[i]!), { training: true }) as tf.Tensor,
        );
        return [tf.softmax(logits), ...dropouts.flatMap((_, i) => [units[i]!, masks[i]!])];
      }) as [tf.Tensor, ...tf.Tensor[]];
      const names = dropouts.flatMap(({ layer: { name } }) => [name, name]);
      const [read, maps] = await raceSignal(
        Promise.all([readMaps([probabilities], ['probabilities']), readMaps(parts, names)]),
        computing!.lost,
      );
      const all = read[0]!.values;
      const classes = all.length / passes;
      const rows = Array.from({ length: passes }, (_, i) => all.slice(i * classes, (i + 1) * classes));
      return {
        probabilities: rows,
        maskedMaps: dropouts.map(({ after }, i) => ({
          ...maps[2 * i]!,
          mask: maps[2 * i + 1]!.values,
          after,
        })),
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
