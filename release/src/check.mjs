/**
 * `npm run release:check [-- --update]`: packs every package that goes to the registry, from what is built, and looks
 * at each as its users will get it: publint, are-the-types-wrong, files, size, public API, licences of what it brings.
 * `--update` takes the API, the sizes and the licences of now as those to hold to, and gives each package its LICENSE;
 * the difference is for review.
 */
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { published } from '../../scripts/workspaces.mjs';
import { apiProblems, apiReports, writeApiReport } from './api-report.mjs';
import { licenceProblems, licencesFile, shippedLicences } from './licences.mjs';
import { pack } from './pack.mjs';
import { packageProblems } from './package-problems.mjs';
import { budgetFor, budgetsFile, sizeProblems, sizesOf } from './sizes.mjs';

const update = process.argv.includes('--update');
const temporary = await mkdtemp(join(tmpdir(), 'dropout-lab-release-'));
let failed = 0;

/** @param {string} title @param {readonly string[]} problems */
const report = (title, problems) => {
  failed += problems.length;
  console.log(`${problems.length === 0 ? '✓' : '✗'} ${title}`);
  for (const problem of problems) console.log(`    ${problem}`);
};

try {
  if (update) {
    for (const { path } of published) await copyFile(join(repository, 'LICENSE'), join(path, 'LICENSE'));
    await writeFile(licencesFile, await shippedLicences());
  }
  const packed = await pack(published, temporary);
  const reports = await apiReports(published, temporary);
  const sizes = await Promise.all(packed.map(sizesOf));

  if (update) {
    for (const api of reports) await writeApiReport(api);
    const budgets = packed.map(({ workspace }, i) => [workspace.manifest.name, budgetFor(sizes[i] ?? {})]);
    await writeFile(budgetsFile, `${JSON.stringify(Object.fromEntries(budgets), null, 2)}\n`);
  }

  const budgets = JSON.parse(await readFile(budgetsFile, 'utf8'));
  for (const [i, one] of packed.entries()) {
    const { manifest } = one.workspace;
    const own = reports.filter(({ workspace }) => workspace === one.workspace);
    const { tarball, ...entryPoints } = sizes[i] ?? {};
    const bundled = Object.entries(entryPoints).map(([specifier, size]) => `${specifier} ${size} kB`);
    report(
      `${manifest.name} ${manifest.version}: ${[`${one.files.length} files, ${tarball} kB`, ...bundled].join('; ')}`,
      [
        ...(await packageProblems(one)),
        ...sizeProblems(sizes[i] ?? {}, budgets[manifest.name] ?? {}),
        ...(await Promise.all(own.map(apiProblems))).flat(),
      ],
    );
  }
  report('licences of what they depend on', await licenceProblems());
} finally {
  await rm(temporary, { recursive: true, force: true });
}

console.log(failed === 0 ? 'Ready to publish.' : `${failed} to mend before publishing.`);
process.exitCode = failed === 0 ? 0 : 1;
