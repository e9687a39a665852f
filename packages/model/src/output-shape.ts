import { ConfigError, type LayerSpec } from '@dropout-lab/contracts';
import type { LayerDefinition } from './layers/define-layer.ts';
import type { LayerImplementation, Shape } from './layers/definition.ts';
import { requireSameShape } from './layers/residual.ts';
import { layerTable } from './layers/table.ts';
import type { NamedLayer } from './weights/named-layers.ts';

/** @throws ConfigError when the kind is neither built in nor among the user's own. */
export const implementationOf = (
  kind: string,
  custom: readonly LayerDefinition[],
): LayerImplementation<LayerSpec> => {
  const found = custom.find((layer) => layer.kind === kind) ?? layerTable[kind as keyof typeof layerTable];
  if (found) return found as unknown as LayerImplementation<LayerSpec>;
  throw new ConfigError(
    `model spec: layers: expected one of ${Object.keys(layerTable).join(', ')}, or a layer that is given beside the spec, received "${kind}"`,
    ['layers'],
  );
};

/**
 * Walks an image through the layers, on paper.
 *
 * @returns The shape of what comes out.
 * @throws ConfigError when a layer cannot take what the one before gives.
 */
export const outputShapeOf = (
  layers: readonly NamedLayer[],
  input: Shape,
  custom: readonly LayerDefinition[],
): Shape =>
  layers.reduce<Shape>((shape, { name, settings, inner }) => {
    const where = `model spec: ${name}`;
    if (settings.kind === 'residual') requireSameShape(shape, outputShapeOf(inner, shape, custom), where);
    return implementationOf(settings.kind, custom).outputShape(settings, shape, where);
  }, input);
