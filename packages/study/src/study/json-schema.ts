import { jsonSchemaOf, runConfigSchema } from '@dropout-lab/contracts';
import { studySchema } from './study.ts';

/** The JSON Schema of study files, with that of run configurations where a study has one or changes of one. */
export const studyJsonSchema = (): Record<string, unknown> => {
  const study = jsonSchemaOf(studySchema, 'Study of dropout-lab') as StudyJson;
  const { title: _, $schema, $defs, ...config } = jsonSchemaOf(runConfigSchema, '');
  study.properties.config = { $ref: '#/$defs/config' };
  study.properties.arms.additionalProperties.properties.changes = { $ref: '#/$defs/config' };
  // Where its own references look for them.
  return { ...study, $defs: { ...($defs as object | undefined), config } };
};

interface StudyJson extends Record<string, unknown> {
  readonly properties: {
    config: object;
    readonly arms: { readonly additionalProperties: { readonly properties: { changes: object } } };
  };
}
