import type { ModelSpec } from '@dropout-lab/contracts';
import { implementationOf } from './implementation.ts';
import type { Shape } from './layers/layer.ts';
import { type NamedLayer, namedLayers } from './weights/named-layers.ts';

/**
 * Returns the shape of each layer's output for an image, channels last, by the layer's name; those of layers within residual
 * blocks too.
 *
 * @throws ConfigError when a layer cannot take the output of the one before.
 */
export const outputShapes = (spec: ModelSpec): ReadonlyMap<string, Shape> => {
  const shapes = new Map<string, Shape>();
  const through = (layers: readonly NamedLayer[], input: Shape): Shape =>
    layers.reduce((before, { name, settings, inner, shortcut }) => {
      through(inner, before);
      const { outputShape } = implementationOf(settings.kind, []);
      const output = outputShape(settings, through(shortcut, before), `model spec: ${name}`);
      shapes.set(name, output);
      return output;
    }, input);
  through(namedLayers(spec), spec.inputShape);
  return shapes;
};
