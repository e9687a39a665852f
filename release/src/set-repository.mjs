/**
 * Writes its repository and folder into each published package, as known to the workflow that runs this: npm gives no
 * provenance to a package that does not name them. The files of the repository itself name none, so that a copy of it
 * needs no change.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { published } from '../../scripts/workspaces.mjs';

const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
if (!server || !repository) {
  console.error(
    'expected GITHUB_SERVER_URL and GITHUB_REPOSITORY, as in a workflow; to publish without, npm run release',
  );
  process.exit(1);
}
for (const { folder, path } of published) {
  const file = join(path, 'package.json');
  const manifest = JSON.parse(await readFile(file, 'utf8'));
  const url = `git+${server}/${repository}.git`;
  await writeFile(
    file,
    `${JSON.stringify({ ...manifest, repository: { type: 'git', url, directory: folder } }, null, 2)}\n`,
  );
}
