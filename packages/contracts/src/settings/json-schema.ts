import { z } from 'zod';

/**
 * A schema as JSON Schema (draft 2020-12), of what a user writes: settings with a default may be left out. An editor
 * completes and checks a file by it that names it as its `$schema`.
 */
export const jsonSchemaOf = (schema: z.ZodType, title: string): Record<string, unknown> => {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // What only the command and the tables need.
      for (const key of ['flag', 'label', 'unit', 'expected', 'variables']) delete jsonSchema[key];
      // A list of layers is known by itself.
      if (jsonSchema.required) jsonSchema.required = jsonSchema.required.filter((key) => key !== 'preset');
    },
  }) as Record<string, unknown>;
  const properties = { $schema: { type: 'string' }, ...(json['properties'] as object) };
  return { ...json, title, properties };
};
