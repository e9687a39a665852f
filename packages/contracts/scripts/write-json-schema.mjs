/** Writes the JSON Schema of run configurations beside what tsdown has built, for editors. */
import { writeFileSync } from 'node:fs';
import { jsonSchemaOf, runConfigSchema } from '../dist/index.js';

const schema = jsonSchemaOf(runConfigSchema, 'Run configuration of dropout-lab');
writeFileSync(
  new URL('../dist/run-config.schema.json', import.meta.url),
  `${JSON.stringify(schema, null, 2)}\n`,
);
