import { ConfigError, type LayerSpec } from '@dropout-lab/contracts';
import type { LayerDefinition } from './layers/define-layer.ts';
import type { LayerImplementation, Shape } from './layers/definition.ts';
import { requireSameShape } from './layers/residual.ts';
import { layerTable } from './layers/table.ts';
import type { NamedLayer } from './weights/named-layers.ts';

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

/**
 * Returns the shape of the last layer's output for an image.
 *
 * @throws ConfigError when a layer cannot take the output of the one before.
 */
export const outputShapeOf = (
  layers: readonly NamedLayer[],
  input: Shape,
  custom: readonly LayerDefinition[],
): Shape =>
  layers.reduce<Shape>(
    (shape, { name, settings, inner }) => {
      const where = `model spec: ${name}`;
      if (settings.kind === 'residual') requireSameShape(shape, outputShapeOf(inner, shape, custom), where);
      const output = implementationOf(settings.kind, custom).outputShape(settings, shape, where);
      requireBounded(output, `${where}: expected an output`);
      return output;
    },
    requireBounded(input, 'model spec: inputShape: expected an image'),
  );

/** As many floats as a gibibyte has: of one image, so a batch has many times as many. */
const MOST_VALUES = 2 ** 28;

const requireBounded = (shape: Shape, expected: string): Shape => {
  const values = shape.reduce((product, length) => product * length, 1);
  if (values <= MOST_VALUES) return shape;
  throw new ConfigError(
    `${expected} of at most ${MOST_VALUES} values, received one of [${shape}], ${values} values: use smaller images, or fewer filters or units`,
    ['layers'],
  );
};
