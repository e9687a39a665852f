/**
 * `npm run release:check [-- --update]`: packs every published package, as built, and checks each as its users will get
 * it: publint, are-the-types-wrong, files, size, public API, licences of its dependencies. `--update` accepts the current
 * API, sizes and licences, and gives each package its LICENSE; the difference is for review.
 */
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { published } from '../../scripts/workspaces.mjs';
import { apiProblems, apiReports } from './api-reports.mjs';
import { licenceProblems, licencesFile, shippedLicences } from './licences.mjs';
import { pack, packageProblems, tarballFolder, tarballOf } from './package-checks.mjs';
import { sizeProblems, updateBudgets } from './sizes.mjs';

const update = process.argv.includes('--update');
const temporary = await mkdtemp(join(tmpdir(), 'dropout-lab-release-'));
let failed = 0;

/** @param {string} title @param {readonly string[]} problems */
const report = (title, problems) => {
  failed += problems.length;
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${title}`);
  for (const problem of problems) console.log(problem.replaceAll(/^(?=.)/gm, '    '));
};

try {
  if (update) {
    for (const { path } of published) await copyFile(join(repository, 'LICENSE'), join(path, 'LICENSE'));
    await writeFile(licencesFile, await shippedLicences());
  }
  await mkdir(tarballFolder, { recursive: true });
  const files = await pack(published, tarballFolder);
  const reports = await apiReports(published, temporary);
  if (update) {
    await updateBudgets();
    for (const { file, text } of reports) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
  }

  for (const [i, workspace] of published.entries())
    report(
      `${workspace.manifest.name} ${workspace.manifest.version}`,
      await packageProblems(workspace, files[i] ?? [], tarballOf(workspace)),
    );
  report('sizes', await sizeProblems());
  report('public API', await apiProblems(reports));
  report('licences of what they depend on', await licenceProblems());
} finally {
  await rm(temporary, { recursive: true, force: true });
}

console.log(failed === 0 ? 'Ready to publish.' : `${failed} to fix before publishing.`);
process.exitCode = failed === 0 ? 0 : 1;
