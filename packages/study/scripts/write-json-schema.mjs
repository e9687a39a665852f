/** Writes the JSON Schema of study files beside what tsdown has built, for editors. */
import { writeFileSync } from 'node:fs';
import { studyJsonSchema } from '../dist/index.js';

writeFileSync(
  new URL('../dist/study.schema.json', import.meta.url),
  `${JSON.stringify(studyJsonSchema(), null, 2)}\n`,
);
