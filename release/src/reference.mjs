/** `npm run reference`: the API reference of every published package, as pages in docs/reference. */
import { join } from 'node:path';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { published } from '../../scripts/workspaces.mjs';
import { writeApiReference } from './api-reference.mjs';

const output = join(repository, 'docs', 'reference');
const problems = await writeApiReference(published, output);
for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? `Written to ${output}` : `${problems.length} to mend.`);
process.exitCode = problems.length === 0 ? 0 : 1;
