import {
  add,
  batchNorm,
  clone,
  customGrad,
  div,
  type GradSaveFunc,
  moments,
  mul,
  ones,
  reshape,
  rsqrt,
  stack,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
  tensor,
  tidy,
  unstack,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { type LayersModel, type LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { register } from '../../registered.ts';
import { leafLayers } from '../../weights/layers-of-model.ts';
import type { LayerImplementation, LayerOf } from '../layer.ts';
import { type Moments, momentsOfBatch, type SliceExchange, sumsOfBatch } from './batch-statistics.ts';
import { channelKernels } from './channel-kernels.ts';

/** Constructor arguments of {@link BatchNormalization}: those of the stock layer. */
export type BatchNormalizationConfig = NonNullable<Parameters<typeof layers.batchNormalization>[0]>;

/** Properties of the stock layer that its type leaves out. */
interface StockLayer extends layers.Layer {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma?: LayerVariable;
  readonly beta?: LayerVariable;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}

// The class itself is not exported. The name keeps the numbers of unnamed layers as they are.
const Stock = layers.batchNormalization({ name: 'stock' }).constructor as Pick<
  typeof layers.Layer,
  'fromConfig'
> &
  (new (
    config: BatchNormalizationConfig,
  ) => StockLayer);

/**
 * Batch normalization: each channel to mean 0 and variance 1 over the batch, then scaled and shifted,
 *
 *   y = gamma * (x - mean) / sqrt(variance + epsilon) + beta,
 *
 * as `keras.layers.BatchNormalization`. Training takes mean and (biased) variance from the batch and moves the moving
 * statistics, `moving = moving * momentum + batch * (1 - momentum)`; inference takes the moving statistics, and so does
 * training when the layer, or a model that it is in, is frozen (`trainable = false`); they do not move then.
 * Input and output are float32 of any one shape [batch, ...], the channels along `axis`.
 *
 * Unlike the stock layer of TensorFlow.js, it respects `trainable`, works without gamma or beta, takes any axis, and several
 * threads that each see slices of the batch can share the statistics of all of it ({@link createSlicedLogits}).
 * It is registered in the stock layer's place, under its name and configuration, so model.json files pass between the
 * two unchanged.
 *
 * @see Ioffe & Szegedy, "Batch normalization", ICML 2015; keras/src/layers/normalization/batch_normalization.py.
 */
export class BatchNormalization extends Stock {
  static readonly className = 'BatchNormalization';

  /** Whether a model that the layer is in is frozen; {@link batchNormalizationsOf} sets it. */
  isInFrozenModel?: boolean;

  /** Whether it leaves its moving statistics alone, and normalizes by them in training too, as Keras's does. */
  get isFrozen(): boolean {
    const trained = [this.gamma, this.beta].filter((weight) => weight !== undefined);
    // Freezing a model marks the variables only.
    const isMarked = trained.length > 0 && trained.every(({ trainable }) => !trainable);
    return !this.trainable || isMarked || this.isInFrozenModel === true;
  }

  override call(inputs: Tensor | Tensor[], kwargs: { training?: boolean }): Tensor {
    return tidy(() => {
      this.invokeCallHook(inputs, kwargs);
      const input = Array.isArray(inputs) ? inputs[0]! : inputs;
      if (kwargs.training !== true || this.isFrozen) return inferred(this, input);
      const [gamma, beta] = [this.gamma?.read(), this.beta?.read()];
      return normalizeSlices(this, [{ x: input, gamma, beta }], undefined)[0]!;
    });
  }
}

register(BatchNormalization);

/** A batch normalization, and its place in a model. */
export interface FoundBatchNormalization {
  /** The names that lead to it: `encoder/norm`. */
  readonly name: string;
  readonly layer: BatchNormalization;
}

/**
 * Returns every batch normalization of a model, those of nested models and wrappers included. Stock layers among them, which `layers.batchNormalization`
 * makes, are changed into {@link BatchNormalization}s in place. Sets whether a model that a layer is in is frozen.
 */
export const batchNormalizationsOf = (model: LayersModel): readonly FoundBatchNormalization[] => {
  const found = new Map<BatchNormalization, string>();
  const frozen = new Set<BatchNormalization>();
  for (const { layer, path, trainable } of leafLayers(model)) {
    if (!isBatchNormalization(layer)) continue;
    found.set(layer, path);
    if (!trainable) frozen.add(layer);
  }
  for (const layer of found.keys()) layer.isInFrozenModel = frozen.has(layer);
  return [...found].map(([layer, name]) => ({ name, layer }));
};

const isBatchNormalization = (layer: layers.Layer): layer is BatchNormalization => {
  if (layer instanceof BatchNormalization) return true;
  if (layer.constructor !== Stock) return false;
  // Ours has the stock layer's fields, and none that a constructor would have to set.
  Object.setPrototypeOf(layer, BatchNormalization.prototype);
  return true;
};

const inferred = (layer: BatchNormalization, x: Tensor): Tensor =>
  normalize(x, layer.axis, {
    mean: layer.movingMean.read(),
    variance: layer.movingVariance.read(),
    gamma: layer.gamma?.read(),
    beta: layer.beta?.read(),
    epsilon: layer.epsilon,
  });

/** A slice of a batch, and the weights that it is computed with. */
export interface SliceToNormalize {
  readonly x: Tensor;
  readonly gamma: Tensor | undefined;
  readonly beta: Tensor | undefined;
}

/**
 * Returns a layer's outputs in training for slices of a batch, by the statistics of the whole batch, and moves the moving
 * statistics once. What is summed is summed for each slice, and then over the slices in the batch's order, so that the bits do
 * not depend on which threads have which slices.
 *
 * With r = 1 / sqrt(variance + epsilon), xhat = (x - mean) * r and sums over the n numbers of a channel in the whole
 * batch: dx = gamma * r * (dy - (sum(dy) + xhat * sum(dy * xhat)) / n); dgamma = sum(dy * xhat) and dbeta = sum(dy) over
 * a slice, since the gradients of slices are added up later.
 *
 * @param exchange With the slices of other threads; undefined when these are the whole batch.
 */
export const normalizeSlices = (
  layer: BatchNormalization,
  slices: readonly SliceToNormalize[],
  exchange: SliceExchange | undefined,
): Tensor[] => {
  const { axis, epsilon } = layer;
  const { others, channels, isLast, alongAxis } = axesOf(slices[0]!.x, axis);
  const kernels = isLast ? channelKernels() : undefined;
  // Whose sums need not be read, which takes long on some backends.
  const isWhole = slices.length === 1 && exchange === undefined;
  const { count, mean, variance } = momentsOfAll(layer, slices, exchange);
  const inverse = rsqrt(add(variance, epsilon));

  const sums: Tensor[][] = [];
  let totals: Float32Array[] | undefined;
  /** The means of dy and of dy * xhat in the whole batch; call it when all slices have their sums. */
  const meansOfAll = (): Tensor[] => {
    if (!isWhole) totals ??= sumsOfBatch(sums, exchange);
    const ofAll = totals?.map((total) => tensor(total)) ?? sums[0]!;
    return ofAll.map((total) => alongAxis(div(total, count)));
  };
  const normalizedBy = (x: Tensor, mean: Tensor, inverse: Tensor): Tensor =>
    mul(sub(x, alongAxis(mean)), alongAxis(inverse));

  // In two operations: a backward pass goes through the second ones of all slices before it comes to any of the first ones,
  // which need the sums of all.
  const normalized = slices.map(({ x, gamma, beta }) =>
    customGrad((...args) => {
      const [x, save] = args as unknown as [Tensor, GradSaveFunc];
      const scale = gamma === undefined ? inverse : mul(gamma, inverse);
      save([x, mean, inverse, scale]);
      const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor =>
        tidy(() => {
          const [x, mean, inverse, scale] = saved as [Tensor, Tensor, Tensor, Tensor];
          const [meanOfDy, meanOfDyXhat] = meansOfAll() as [Tensor, Tensor];
          if (kernels) return kernels.gradient({ dy, x, mean, inverse, scale, meanOfDy, meanOfDyXhat });
          const along = mul(normalizedBy(x, mean, inverse), meanOfDyXhat);
          return mul(sub(dy, add(meanOfDy, along)), alongAxis(scale));
        });
      const value =
        kernels?.normalize({ x, mean, scale, offset: beta ?? zeros([channels]) }) ??
        normalize(x, axis, { mean, variance, gamma, beta, epsilon });
      return { value, gradFunc };
    })(x),
  );
  return slices.map(({ x, gamma = ones([channels]), beta = zeros([channels]) }, i) =>
    customGrad((...args) => {
      const [y, , , save] = args as unknown as [Tensor, Tensor, Tensor, GradSaveFunc];
      save([x, mean, inverse]);
      const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] =>
        tidy(() => {
          const [x, mean, inverse] = saved as [Tensor, Tensor, Tensor];
          const [dbeta, dgamma] = kernels?.sums({ dy, x, mean, inverse }) ?? [
            sum(dy, others),
            sum(mul(dy, normalizedBy(x, mean, inverse)), others),
          ];
          sums[i] = [dbeta, dgamma];
          return [dy, dgamma, dbeta];
        });
      return { value: clone(y), gradFunc };
    })(normalized[i]!, gamma, beta),
  );
};

/** The moments of the whole batch, by which the moving statistics are moved. */
const momentsOfAll = (
  layer: BatchNormalization,
  slices: readonly SliceToNormalize[],
  exchange: SliceExchange | undefined,
): Moments => {
  const { others, channels, isLast } = axesOf(slices[0]!.x, layer.axis);
  const kernels = isLast ? channelKernels() : undefined;
  let count = slices[0]!.x.size / channels;
  const compute = (): Tensor => {
    const ofSlices = slices.map(({ x }) => ({
      count: x.size / channels,
      ...(kernels?.moments(x) ?? moments(x, others)),
    }));
    const [first] = ofSlices;
    const isWhole = slices.length === 1 && exchange === undefined;
    const ofBatch = isWhole ? first! : momentsOfBatch(ofSlices, exchange);
    ({ count } = ofBatch);
    move(layer.movingMean, ofBatch.mean, layer.momentum);
    move(layer.movingVariance, ofBatch.variance, layer.momentum);
    return stack([ofBatch.mean, ofBatch.variance]);
  };
  // As one operation, whose gradient nobody asks for: those in it would keep their inputs for one.
  const found = customGrad((x) => ({ value: compute(), gradFunc: () => zerosLike(x as Tensor) }))(
    slices[0]!.x,
  );
  const [mean, variance] = unstack(found) as [Tensor, Tensor];
  return { count, mean, variance };
};

const move = (moving: LayerVariable, ofBatch: Tensor, momentum: number): void => {
  moving.write(add(mul(moving.read(), momentum), mul(ofBatch, 1 - momentum)));
};

/** The axes other than the channels', the number of channels, and a function that reshapes a vector of them to broadcast. */
const axesOf = (input: Tensor, ofLayer: number) => {
  const axis = ofLayer < 0 ? ofLayer + input.rank : ofLayer;
  const others = input.shape.map((_, i) => i).filter((i) => i !== axis);
  const shape = input.shape.map((length, i) => (i === axis ? length : 1));
  const isLast = axis === input.rank - 1;
  const alongAxis = (values: Tensor): Tensor => (isLast ? values : reshape(values, shape));
  return { others, channels: input.shape[axis]!, isLast, alongAxis };
};

interface Normalization {
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly gamma: Tensor | undefined;
  readonly beta: Tensor | undefined;
  readonly epsilon: number;
}

const normalize = (
  x: Tensor,
  axis: number,
  { mean, variance, gamma, beta, epsilon }: Normalization,
): Tensor => {
  const { channels, isLast, alongAxis } = axesOf(x, axis);
  if (isLast) {
    const rows = reshape(x, [-1, channels]) as Tensor2D;
    // The gradient of TensorFlow.js's operation fails without a scale. The declared types do not say that each may be a vector.
    const scale = gamma ?? ones([channels]);
    const vectors = [mean, variance, beta, scale] as [Tensor2D, Tensor2D, Tensor2D?, Tensor2D?];
    return reshape(batchNorm(rows, ...vectors, epsilon), x.shape);
  }
  // TensorFlow.js's kernel takes channels last only.
  const inverse = rsqrt(add(variance, epsilon));
  const scale = gamma === undefined ? inverse : mul(inverse, gamma);
  const scaled = mul(sub(x, alongAxis(mean)), alongAxis(scale));
  return beta === undefined ? scaled : add(scaled, alongAxis(beta));
};

/** `keras.layers.BatchNormalization`: see {@link BatchNormalization}. */
export const batchNormalization: LayerImplementation<LayerOf<'batch_normalization'>> = {
  create: ({ momentum, epsilon, center, scale }, { name }) =>
    new BatchNormalization({ name, momentum, epsilon, center, scale }),
  outputShape: (_, input) => input,
};
