import { z } from 'zod';

/** The limit of a kernel's norm, and the axes that it is summed over. */
export interface KernelLimit {
  readonly limit: number;
  readonly axes: readonly number[];
}

const constraintSchema = z.object({
  class_name: z.literal('MaxNorm'),
  config: z.object({ max_value: z.number(), axis: z.union([z.number(), z.array(z.number())]) }),
});

const layersSchema = z.object({
  config: z.object({
    layers: z.array(
      z.object({
        config: z.object({
          name: z.string(),
          // Another constraint or none has no limit to draw.
          kernel_constraint: constraintSchema.nullish().catch(null),
          layers: z.unknown().optional(),
        }),
      }),
    ),
  }),
});

/**
 * Returns the max-norm of each layer that has one, by the layer's name, within a nested model by both names:
 * `encoder/conv2d`. It is read from the model itself, and so is right for a model of any preset or program.
 *
 * @param model A `model.json`; one of another form has no limits.
 */
export const kernelLimits = (model: unknown): ReadonlyMap<string, KernelLimit> => {
  const parsed = z.object({ modelTopology: z.unknown() }).safeParse(model);
  return new Map(parsed.success ? limitsIn(parsed.data.modelTopology, '') : []);
};

const limitsIn = (model: unknown, prefix: string): [string, KernelLimit][] => {
  const parsed = layersSchema.safeParse(model);
  if (!parsed.success) return [];
  return parsed.data.config.layers.flatMap((layer) => {
    const { name, kernel_constraint: constraint, layers } = layer.config;
    if (layers !== undefined) return limitsIn(layer, `${prefix}${name}/`);
    if (!constraint) return [];
    const { max_value: limit, axis } = constraint.config;
    return [[`${prefix}${name}`, { limit, axes: [axis].flat() }]];
  });
};
