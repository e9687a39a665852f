import {
  ConfigError,
  type DatasetChoice,
  datasetOf,
  type LayerInput,
  layerSchema,
  type ModelConfig,
  type ModelInput,
  type ModelSpec,
  modelSchema,
  modelSchemaWith,
  parseWith,
  type RunConfig,
} from '@dropout-lab/contracts';
import type { LayerDefinition } from './layers/define-layer.ts';
import { presetTable } from './presets/table.ts';

/**
 * Returns the layers of a run's model: its preset's, for the images and classes of its data set.
 *
 * @param config As `parseRunConfig` returns it.
 */
export const modelSpecOf = ({ model, dataset }: Pick<RunConfig, 'model' | 'dataset'>): ModelSpec => {
  const { imageShape, classNames } = datasetOf(dataset);
  const inputShape = model.inputShape ?? imageShape;
  const numClasses = model.numClasses ?? classNames.length;
  const preset = presetTable[model.preset] as (config: ModelConfig, numClasses: number) => LayerInput[];
  return {
    inputShape,
    numClasses,
    dataFormat: model.dataFormat,
    layers: [...standardized(model), ...preset(model, numClasses)].map(withDefaults),
  };
};

const standardized = (model: ModelConfig): LayerInput[] =>
  'standardization' in model && model.standardization !== null
    ? [{ kind: 'normalization', name: 'standardization', ...model.standardization }]
    : [];

/** A layer of the user's own has already been parsed by its own schema. */
const withDefaults = (layer: LayerInput) => layerSchema.safeParse(layer).data ?? (layer as never);

/** Options of {@link parseModelSpec}. */
export interface ModelSpecOptions {
  /** The data set whose image shape and classes are used where the settings have none; `cifar10` when left out. */
  readonly dataset?: DatasetChoice;
  /** Layers of the user's own that a list of layers may name; see `defineLayer`. */
  readonly layers?: readonly LayerDefinition[];
}

/**
 * Returns the model that a user describes: settings of a preset, the tutorial's by default, or a list of layers.
 *
 * @throws ConfigError naming the first wrong value.
 */
export const parseModelSpec = (
  input: ModelInput,
  { dataset = 'cifar10', layers = [] }: ModelSpecOptions = {},
): ModelSpec => {
  const twice = layers.find(({ kind }, i) => layers.findIndex((other) => other.kind === kind) !== i);
  if (twice) {
    throw new ConfigError(`model spec: layers: expected each kind once, received "${twice.kind}" twice`, [
      'layers',
    ]);
  }
  const schema = layers.length === 0 ? modelSchema : modelSchemaWith(layers.map((layer) => layer.schema));
  return modelSpecOf({ model: parseWith(schema, input, 'model spec'), dataset });
};
