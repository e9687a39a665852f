import {
  configWith,
  type LayerSpec,
  listFlags,
  type ModelSpec,
  mergeConfig,
  parseRunConfig,
  type RunConfig,
  runConfigSchema,
} from '@dropout-lab/contracts';
import { modelSpecOf } from '@dropout-lab/model';

/** Returns the rates of dropout layers, including those within residual blocks. */
export const dropoutRates = (layers: readonly LayerSpec[]): number[] =>
  layers.flatMap((layer) => {
    if ('layers' in layer) return dropoutRates([...layer.layers, ...layer.shortcut]);
    return 'rate' in layer ? [layer.rate] : [];
  });

const withRate = (layers: readonly LayerSpec[], rate: number): LayerSpec[] =>
  layers.map((layer) => {
    if ('layers' in layer) {
      return { ...layer, layers: withRate(layer.layers, rate), shortcut: withRate(layer.shortcut, rate) };
    }
    return 'rate' in layer ? { ...layer, rate } : layer;
  });

/** The part of a run's configuration that describes its model. */
type ModelOfRun = Pick<RunConfig, 'model' | 'dataset'>;

/**
 * Returns a run's model with all of its dropout layers at one rate; null leaves them as they are. A model without any has them
 * where its preset would put them.
 */
export const specAtRate = (config: ModelOfRun, rate: number | null): ModelSpec => {
  const spec = modelSpecOf(config);
  if (rate === null) return spec;
  if (dropoutRates(spec.layers).length > 0) return { ...spec, layers: withRate(spec.layers, rate) };
  return modelSpecOf(withPresetDropout(config, rate));
};

const withPresetDropout = (config: ModelOfRun, rate: number): ModelOfRun => {
  const flag = listFlags(runConfigSchema).find(({ name }) => name === 'dropout');
  const setting = flag?.settings.find(({ of }) => of?.name === config.model.preset);
  // A list of layers has no place for additional ones.
  if (setting === undefined) return config;
  // Rates for each block would go before it.
  const shared = config.model.preset === 'tutorial' ? { model: { dropout: { rates: null } } } : {};
  const change = configWith(runConfigSchema, config, setting.path, rate, 'dropout');
  return parseRunConfig(mergeConfig(mergeConfig(config, shared), change));
};
