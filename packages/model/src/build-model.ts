import type { ModelSpec } from '@dropout-lab/contracts';
import { fold, type RandomKey, randomKey, uint32s } from '@dropout-lab/random';
import { type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { Dropout, type DropoutConfig } from './dropout.ts';
import { requireFeatureMaps } from './feature-maps.ts';
import { initializeWeights } from './initial-weights.ts';
import { kernelAxes } from './kernel-axes.ts';
import { maxNorm } from './max-norm.ts';
import { numbered } from './numbered.ts';

type Layer = layers.Layer;

const CONV2D_KERNEL_RANK = 4;
const DENSE_KERNEL_RANK = 2;

/**
 * Builds the ConvNet that a spec describes, its weights and dropout masks functions of the seed alone.
 *
 * Input: float32 [batch, height, width, channels], or [batch, channels, height, width] when the spec says
 * `channels_first`; everything behind the first transposition is channels last. Output: float32
 * [batch, numClasses], probabilities; {@link logitsModel} has the logits. Layers are named as Keras would:
 * `conv2d`, `max_pooling2d`, `dropout`, `conv2d_1`, ..., `flatten`, `dense`, `logits`, `softmax`; dropout on the input
 * is `input_dropout`.
 *
 * @param spec As `parseModelSpec` returns it.
 * @param seed The run's seed, a safe integer >= 0.
 * @throws ConfigError when the spec is impossible, before any tensor is made; RangeError for another seed.
 */
export const buildModel = (spec: ModelSpec, seed: number): LayersModel => {
  const key = randomKey(seed);
  requireFeatureMaps(spec);
  const stack = [
    ...inputLayers(spec, key),
    ...spec.filters.flatMap((filters, block) => convolutionBlock(spec, key, filters, block)),
    layers.flatten({ name: 'flatten' }),
    ...spec.units.map((units, i) => hiddenDense(spec, units, i)),
    layers.dense({ name: 'logits', units: spec.numClasses, kernelInitializer: 'glorotUniform' }),
    layers.activation({ name: 'softmax', activation: 'softmax' }),
  ];
  // The layers' initializers are for whoever reads model.json; their draws would be thrown away.
  for (const layer of stack) layer.setFastWeightInitDuringBuild(true);
  const model = sequential({ name: 'convnet', layers: stack });
  initializeWeights(model, key);
  return model;
};

const inputLayers = ({ inputShape, dataFormat, dropout }: ModelSpec, key: RandomKey): Layer[] => {
  const [height, width, channels] = inputShape;
  const masked =
    dropout.inputRate > 0
      ? [dropoutLayer(key, 'input', { name: 'input_dropout', rate: dropout.inputRate })]
      : [];
  if (dataFormat === 'channels_last') {
    return [layers.inputLayer({ name: 'input', inputShape: [height, width, channels] }), ...masked];
  }
  return [
    layers.inputLayer({ name: 'input', inputShape: [channels, height, width] }),
    layers.permute({ name: 'permute', dims: [2, 3, 1] }),
    ...masked,
  ];
};

const convolutionBlock = (spec: ModelSpec, key: RandomKey, filters: number, block: number): Layer[] => {
  const { kernelSize, padding, poolSize, dropout } = spec;
  const name = numbered('conv2d', block);
  const convolution = layers.conv2d({
    name,
    filters,
    kernelSize,
    padding,
    activation: 'relu',
    kernelInitializer: 'heUniform',
    ...kernelConstraint(spec, name, CONV2D_KERNEL_RANK),
  });
  const pooling = layers.maxPooling2d({ name: numbered('max_pooling2d', block), poolSize });
  if (dropout.rate === 0) return [convolution, pooling];
  const { rate, noiseShape } = dropout;
  const config = { name: numbered('dropout', block), rate, noiseShape };
  return [convolution, pooling, dropoutLayer(key, `${block + 1}`, config)];
};

const hiddenDense = (spec: ModelSpec, units: number, position: number): Layer => {
  const name = numbered('dense', position);
  return layers.dense({
    name,
    units,
    activation: 'relu',
    kernelInitializer: 'heUniform',
    ...kernelConstraint(spec, name, DENSE_KERNEL_RANK),
  });
};

const kernelConstraint = ({ maxNorm: limit }: ModelSpec, layer: string, rank: number) =>
  limit && { kernelConstraint: maxNorm(limit.value, kernelAxes(limit, layer, rank)) };

/**
 * A layer whose own seed is the first word of the run's stream `dropout/<stream>`: model.json holds all that its masks
 * depend on, and 32 bits are what Keras takes for a seed.
 */
const dropoutLayer = (key: RandomKey, stream: string, config: DropoutConfig): Dropout =>
  new Dropout({ ...config, seed: uint32s(fold(key, `dropout/${stream}`), 1)[0]! });
