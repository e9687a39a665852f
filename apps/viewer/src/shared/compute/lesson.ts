import { Dropout, setDropoutPosition } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { MOST_DROPPED } from '../address.ts';
import { type BuiltModel, batchOf, buildAtRate, type PlaygroundModel } from './built-model.ts';

/** A mask to draw: the same draw at the same rate is the same mask. */
interface MaskChoice {
  readonly rate: number;
  readonly draw: number;
}

/** The units of the first dropout layer for one image, with their mask: both [height, width, maps]. */
export interface MaskedLayer {
  readonly shape: readonly [height: number, width: number, maps: number];
  /** The units before dropout. */
  readonly units: Float32Array;
  /** 0 where a unit is dropped, else `1 / (1 - rate)`. */
  readonly mask: Float32Array;
}

/** Probabilities of the classes under a mask, and with the mask turned over at one unit. */
export interface UnitEffect {
  readonly asDrawn: Float32Array;
  readonly turned: Float32Array;
}

/** The predictions of networks that differ in their masks. */
export interface MaskedNetworks {
  /** 0..1 by class, of each network. */
  readonly probabilities: readonly Float32Array[];
  /** The mask of each network's first dropout layer: 1 where a unit is kept. */
  readonly masks: readonly Uint8Array[];
  readonly shape: MaskedLayer['shape'];
  /** 0..1 by class, with dropout off. */
  readonly plain: Float32Array;
}

/** Returns services that take a model of layers in a row apart at its first dropout layer. */
export const createLesson = () => {
  let trained: BuiltModel | undefined;
  /** The same model with room for any rate. */
  let adjustable: BuiltModel | undefined;

  /** Units of the first dropout layer, before it, and their mask; tensors of one row. */
  const maskedUnits = (
    pixels: Uint8Array,
    { rate, draw }: MaskChoice,
  ): [units: tf.Tensor, mask: tf.Tensor] => {
    const built = adjustable!;
    const { before, layer } = apart(built.model);
    const units = applyAll(before, batchOf(built, pixels));
    setDropoutPosition(built.model, { step: draw, rateFactor: rate / MOST_DROPPED });
    // A masked tensor of ones is the mask.
    return [units, layer.apply(tf.onesLike(units), { training: true }) as tf.Tensor];
  };

  return {
    /** @throws ModelError when the weights do not fit. */
    openLesson: (model: PlaygroundModel): void => {
      trained?.model.dispose();
      adjustable?.model.dispose();
      trained = buildAtRate(model, null);
      adjustable = buildAtRate(model, MOST_DROPPED);
    },
    maskedLayer: async (pixels: Uint8Array, choice: MaskChoice): Promise<MaskedLayer> => {
      const [units, mask] = tf.tidy(() => maskedUnits(pixels, choice));
      const shape = units.shape.slice(1) as [number, number, number];
      return { shape, units: await read(units), mask: await read(mask) };
    },
    /** @param unit Index of the unit in the layer. All other dropout layers are off. */
    unitEffect: async (
      pixels: Uint8Array,
      { unit, ...choice }: MaskChoice & { readonly unit: number },
    ): Promise<UnitEffect> => {
      const outputs = tf.tidy(() => {
        const [units, mask] = maskedUnits(pixels, choice);
        const there = tf.reshape(tf.oneHot(tf.tensor1d([unit], 'int32'), units.size), units.shape);
        const dropped = tf.sub(1, tf.sign(mask));
        const other = tf.mul(dropped, 1 / (1 - choice.rate));
        const turned = tf.add(tf.mul(mask, tf.sub(1, there)), tf.mul(other, there));
        const both = tf.mul(tf.concat([units, units]), tf.concat([mask, turned]));
        return applyAll(apart(adjustable!.model).after, both);
      });
      const classes = outputs.shape[1]!;
      const values = await read(outputs);
      return { asDrawn: values.slice(0, classes), turned: values.slice(classes) };
    },
    /** Runs the model with a mask each in all of its dropout layers, at their own rates, and once without. */
    networks: async (
      pixels: Uint8Array,
      { draw, count }: { readonly draw: number; readonly count: number },
    ): Promise<MaskedNetworks> => {
      const built = trained!;
      const { layer } = apart(built.model);
      const shape = (layer.outputShape as number[]).slice(1) as [number, number, number];
      const [plain, masked, masks] = tf.tidy(() => {
        const alone = tf.softmax(built.classifier.apply(batchOf(built, pixels)) as tf.Tensor);
        setDropoutPosition(built.model, { step: draw });
        const rows = built.classifier.apply(batchOf(built, pixels, count), { training: true }) as tf.Tensor;
        setDropoutPosition(built.model, { step: draw });
        const ones = layer.apply(tf.ones([count, ...shape]), { training: true }) as tf.Tensor;
        return [alone, tf.softmax(rows), ones];
      }) as [tf.Tensor, tf.Tensor, tf.Tensor];
      const kept = Uint8Array.from(await read(masks), (factor) => (factor > 0 ? 1 : 0));
      return {
        plain: await read(plain),
        probabilities: rowsOf(await read(masked), count),
        masks: rowsOf(kept, count),
        shape,
      };
    },
  };
};

/** The layers before the first dropout layer, that layer, and those after it. */
const apart = ({ layers }: LayersModel) => {
  const at = layers.findIndex((layer) => layer instanceof Dropout);
  // The first layer stands for the input.
  return { before: layers.slice(1, at), layer: layers[at] as Dropout, after: layers.slice(at + 1) };
};

const applyAll = (layers: LayersModel['layers'], input: tf.Tensor): tf.Tensor =>
  layers.reduce((tensor, layer) => layer.apply(tensor) as tf.Tensor, input);

const read = async (tensor: tf.Tensor): Promise<Float32Array> => {
  // A copy: some backends hand out views of memory that the next operation overwrites.
  const values = (await tensor.data<'float32'>()).slice();
  tensor.dispose();
  return values;
};

const rowsOf = <Values extends Float32Array | Uint8Array>(values: Values, count: number): Values[] => {
  const size = values.length / count;
  return Array.from({ length: count }, (_, i) => values.slice(i * size, (i + 1) * size) as Values);
};
