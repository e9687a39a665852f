import { ConfigError } from '@dropout-lab/contracts';
import type { layers } from '@tensorflow/tfjs-layers';
import type { z } from 'zod';
import { z as schemas } from 'zod';
import type { LayerContext, Shape } from './layer.ts';
import { layerTable } from './table.ts';

/** A layer of a user's own, for lists of layers: see {@link defineLayer}. */
export interface LayerDefinition {
  /** Its kind in a list of layers. */
  readonly kind: string;
  /** The schema of its kind, name and settings. */
  readonly schema: z.ZodObject;
  /** Builds the TensorFlow.js layer. */
  readonly create: (settings: never, context: LayerContext) => layers.Layer;
  /** Returns the shape of its output for that of its input, both without the batch. */
  readonly outputShape: (settings: never, input: Shape, where: string) => Shape;
}

/** Options of {@link defineLayer}. */
export interface LayerDefinitionOptions<Settings extends z.ZodRawShape> {
  /** Its kind in a list of layers; none of the built-in ones. */
  readonly kind: string;
  /** A Zod schema for each setting, with its default. */
  readonly settings: Settings;
  /** Builds the TensorFlow.js layer; `seed` of the context is for one that draws random numbers. */
  readonly create: (settings: z.output<z.ZodObject<Settings>>, context: LayerContext) => layers.Layer;
  /** Returns the shape of the output without the batch; that of the input when left out. */
  readonly outputShape?: (settings: z.output<z.ZodObject<Settings>>, input: Shape, where: string) => Shape;
}

/**
 * Defines a layer of your own, for `parseModelSpec(…, { layers: [it] })` and `buildModel(spec, seed, { layers: [it] })`: it is
 * checked, named and seeded like the built-in ones.
 *
 * Initializers of its weights need a seed: use that of the context.
 *
 * @throws ConfigError when the kind is a built-in one, or no name.
 */
export const defineLayer = <Settings extends z.ZodRawShape>({
  kind,
  settings,
  create,
  outputShape = (_, input) => input,
}: LayerDefinitionOptions<Settings>): LayerDefinition => {
  if (kind in layerTable) {
    throw new ConfigError(
      `defineLayer: kind: expected a new name, received "${kind}", which is a built-in layer`,
      ['kind'],
    );
  }
  const taken = ['kind', 'name'].find((key) => key in settings);
  if (taken !== undefined || !/^[a-z][a-z0-9_]*$/.test(kind)) {
    throw new ConfigError(
      `defineLayer: expected a kind of lower-case letters, digits and _, and settings other than kind and name, received ${JSON.stringify(taken ?? kind)}`,
      ['kind'],
    );
  }
  const name = schemas.string().nullable().default(null);
  const schema = schemas.strictObject({ kind: schemas.literal(kind), name, ...settings });
  return { kind, schema, create, outputShape } as unknown as LayerDefinition;
};
