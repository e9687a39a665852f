import { ConfigError, type LayerSpec } from '@dropout-lab/contracts';
import type { LayerDefinition } from './layers/define-layer.ts';
import type { LayerImplementation } from './layers/layer.ts';
import { layerTable } from './layers/table.ts';

/** @throws ConfigError when the kind is neither built in nor one of the user's own. */
export const implementationOf = (
  kind: string,
  custom: readonly LayerDefinition[],
): LayerImplementation<LayerSpec> => {
  const found = custom.find((layer) => layer.kind === kind) ?? layerTable[kind as keyof typeof layerTable];
  if (found) return found as unknown as LayerImplementation<LayerSpec>;
  throw new ConfigError(
    `model spec: layers: expected one of ${Object.keys(layerTable).join(', ')}, or the kind of a layer in the option layers, received "${kind}"`,
    ['layers'],
  );
};
