import { z } from 'zod';

/**
 * Turns a schema into JSON Schema (draft 2020-12) for files that a user writes: settings with a default may be left out.
 * An editor completes and checks a file that names it as its `$schema`.
 */
export const jsonSchemaOf = (schema: z.ZodType, title: string): Record<string, unknown> => {
  const json = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema }) => {
      // Only the command and the tables need these.
      for (const key of ['flag', 'label', 'unit', 'expected', 'needs', 'replacedBy', 'variables'])
        delete jsonSchema[key];
      // A list of layers is recognized without its preset's name.
      const { preset } = jsonSchema.properties ?? {};
      if (jsonSchema.required && typeof preset === 'object' && preset.const === 'layers')
        jsonSchema.required = jsonSchema.required.filter((key) => key !== 'preset');
    },
  }) as Record<string, unknown>;
  const properties = { $schema: { type: 'string' }, ...(json['properties'] as object) };
  return { ...json, title, properties };
};
