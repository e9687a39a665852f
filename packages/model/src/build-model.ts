import { ConfigError, type LayerSpec, type ModelSpec } from '@dropout-lab/contracts';
import { fold, type RandomKey, randomKey, uint32s } from '@dropout-lab/random';
import { tensor, tidy } from '@tensorflow/tfjs-core';
import {
  model as functional,
  type LayersModel,
  layers,
  type SymbolicTensor,
  sequential,
} from '@tensorflow/tfjs-layers';
import { implementationOf } from './implementation.ts';
import type { LayerDefinition } from './layers/define-layer.ts';
import { drawKernel } from './layers/initializers.ts';
import type { LayerOf } from './layers/layer.ts';
import { stochasticDepth } from './layers/residual.ts';
import { sizeOf } from './size.ts';
import { dropNameOf, flattened, type NamedLayer, namedLayers } from './weights/named-layers.ts';
import { assign } from './weights/weights.ts';
import { awaitImages } from './whitening/initialize-from-images.ts';

type Layer = layers.Layer;

/** Options of {@link buildModel}. */
export interface BuildModelOptions {
  /** The layers of the user's own that the spec names; see `defineLayer`. */
  readonly layers?: readonly LayerDefinition[];
}

/**
 * Builds the classifier that a spec describes. Its weights and random masks depend on the seed alone.
 *
 * Input: float32 [batch, height, width, channels], or [batch, channels, height, width] when the spec says
 * `channels_first`; everything behind the first transposition is channels last. Output: float32
 * [batch, numClasses], probabilities, or logits when the last layer has no activation; {@link logitsModel} has the
 * logits of both. A convolution with the initializer `whitening` needs {@link initializeFromImages} before training. Layers are named as Keras would: `conv2d`, `max_pooling2d`, `dropout`, `conv2d_1`, …
 *
 * @param spec As `parseModelSpec` or `modelSpecOf` returns it.
 * @param seed The run's seed, a safe integer >= 0.
 * @throws ConfigError when the spec is impossible, before any tensor is made; RangeError for another seed.
 */
export const buildModel = (
  spec: ModelSpec,
  seed: number,
  { layers: custom = [] }: BuildModelOptions = {},
): LayersModel => {
  const key = randomKey(seed);
  const named = requireBuildable(spec, custom);
  const create = (named: NamedLayer): Layer => {
    const { name, settings } = named;
    const layer = implementationOf(settings.kind, custom).create(settings, {
      name,
      seed: seedOf(named, key),
    });
    // The initializer of a kernel is for readers of model.json: its draws would be overwritten. Every other variable starts
    // with its layer's initializer.
    if (custom.some(({ kind }) => kind === settings.kind)) requireOwnLayer(layer, name);
    else if (isDrawn(settings)) layer.setFastWeightInitDuringBuild(true);
    return layer;
  };
  const model = spec.layers.some(({ kind }) => kind === 'residual')
    ? functionalModel(spec, named, create, key)
    : sequential({ name: 'convnet', layers: [...inputLayers(spec), ...named.map(create)] });
  initializeWeights(model, flattened(named), key);
  awaitImages(model, spec);
  return model;
};

/**
 * Checks that a spec can be built, without building it.
 *
 * @returns Its layers with their names.
 * @throws ConfigError when the spec is impossible.
 */
export const requireBuildable = (
  spec: ModelSpec,
  custom: readonly LayerDefinition[] = [],
): readonly NamedLayer[] => {
  const named = namedLayers(spec);
  requireClassifier(spec, sizeOf(named, spec.inputShape, custom).output);
  return named;
};

/** The first word of the layer's stream: masks depend only on model.json, and a seed of Keras has 32 bits. */
const seedOf = ({ stream, settings }: NamedLayer, key: RandomKey): number =>
  uint32s(fold(key, `${settings.kind}/${stream}`), 1)[0]!;

/** Whether a layer has a kernel that {@link initializeWeights} draws, and no other variable but a bias of zeros. */
const isDrawn = (settings: LayerSpec): settings is Extract<LayerSpec, { kernelInitializer: unknown }> =>
  'kernelInitializer' in settings;

/**
 * @throws ConfigError when `create` of a layer of the user's own returns no layer of the given name, or one whose initial weights
 *   do not depend on the seed.
 */
const requireOwnLayer = (layer: Layer | undefined, name: string): void => {
  if (layer?.name !== name) {
    throw new ConfigError(
      `model spec: ${name}: expected create to return a layer of that name, received ${layer?.name ?? 'nothing'}: pass on the name of the context`,
      ['layers'],
    );
  }
  for (const [name, value] of Object.entries(layer.getConfig())) {
    const drawn = value as { className?: string; config?: { seed?: unknown } } | null;
    if (!name.endsWith('Initializer') || !drawn?.config || !('seed' in drawn.config)) continue;
    if (typeof drawn.config.seed === 'number') continue;
    throw new ConfigError(
      `model spec: ${layer.name}: ${name}: expected a seed, received ${drawn.className} without one: give it the seed of the context, so that a run can be reproduced`,
      ['layers'],
    );
  }
};

/** The input and, for images with channels first, the layer that transposes them. */
const inputLayers = ({ inputShape: [height, width, channels], dataFormat }: ModelSpec): Layer[] =>
  dataFormat === 'channels_last'
    ? [layers.inputLayer({ name: 'input', inputShape: [height, width, channels] })]
    : [
        layers.inputLayer({ name: 'input', inputShape: [channels, height, width] }),
        layers.permute({ name: 'permute', dims: [2, 3, 1] }),
      ];

const functionalModel = (
  spec: ModelSpec,
  named: readonly NamedLayer[],
  create: (layer: NamedLayer) => Layer,
  key: RandomKey,
): LayersModel => {
  const [first, ...others] = inputLayers(spec) as [Layer, ...Layer[]];
  const input = first.output as SymbolicTensor;
  const images = others.reduce((x, layer) => layer.apply(x) as SymbolicTensor, input);
  const through = (chain: readonly NamedLayer[], from: SymbolicTensor): SymbolicTensor =>
    chain.reduce((x, layer) => {
      const inputs = layer.settings.kind === 'residual' ? summands(layer, layer.settings, x) : x;
      return create(layer).apply(inputs) as SymbolicTensor;
    }, from);
  const summands = (
    block: NamedLayer,
    { dropRate }: LayerOf<'residual'>,
    x: SymbolicTensor,
  ): SymbolicTensor[] => {
    const output = through(block.inner, x);
    const shortcut = through(block.shortcut, x);
    if (dropRate === 0) return [shortcut, output];
    const context = { name: dropNameOf(block.name), seed: seedOf(block, key) };
    const drop = stochasticDepth(dropRate, output.rank - 1, context);
    return [shortcut, drop.apply(output) as SymbolicTensor];
  };
  return functional({ name: 'convnet', inputs: input, outputs: through(named, images) });
};

/**
 * Draws the kernel of each layer from the key's stream `init`, `<layer>/kernel`.
 */
const initializeWeights = (model: LayersModel, named: readonly NamedLayer[], key: RandomKey): void => {
  const settingsOf = new Map(named.map(({ name, settings }): [string, LayerSpec] => [name, settings]));
  tidy(() => {
    for (const layer of model.layers) {
      const settings = settingsOf.get(layer.name);
      if (settings === undefined || !isDrawn(settings)) continue;
      const [kernel] = layer.weights;
      const shape = kernel!.shape as number[];
      const values = drawKernel(settings.kernelInitializer, shape, fold(key, 'init', `${layer.name}/kernel`));
      assign(kernel!, tensor(values, shape));
    }
  });
};

/** `dense (units 7, activation relu)`. */
const inWords = (layer: LayerSpec): string => {
  const said = ['units', 'filters', 'activation', 'rate'].flatMap((name) =>
    name in layer ? [`${name} ${(layer as unknown as Readonly<Record<string, unknown>>)[name]}`] : [],
  );
  return said.length === 0 ? layer.kind : `${layer.kind} (${said.join(', ')})`;
};

/** @throws ConfigError when the last layers do not output one number for each class. */
const requireClassifier = ({ layers: list, numClasses }: ModelSpec, output: readonly number[]): void => {
  const last = list.at(-1)!;
  const unscaled = list.findLast(({ kind }) => kind !== 'rescaling');
  const isLogits = unscaled?.kind === 'dense' && unscaled.activation === 'linear';
  const isProbabilities =
    (last.kind === 'dense' || last.kind === 'activation') && last.activation === 'softmax';
  if ((isLogits || isProbabilities) && `${output}` === `${numClasses}`) return;
  throw new ConfigError(
    `model spec: layers: expected to end in a dense layer of ${numClasses} units, one for each class, with activation softmax or linear, received ${inWords(last)} with an output of shape [${output}]`,
    ['layers'],
  );
};
