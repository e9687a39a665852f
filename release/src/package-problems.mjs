import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { filterProblems, problemKindInfo } from '@arethetypeswrong/core/problems';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { entryPointsOf } from '../../scripts/workspaces.mjs';

const licence = readFileSync(join(repository, 'LICENSE'), 'utf8');

/** What a package consists of; all else has leaked. */
const belongs = /^(dist\/.+|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
const leaked = /\.(test|child|bench|setup)\.|\.map$|\.tsbuildinfo$|(^|\/)(fixtures|testing)\//;

/**
 * What is wrong with a package as npm would publish it, a sentence each.
 *
 * @param {import('./pack.mjs').Packed} packed
 * @returns {Promise<string[]>}
 */
export const packageProblems = async (packed) => [
  ...(await fileProblems(packed)),
  ...(await publintProblems(packed)),
  ...(await typeProblems(packed)),
];

/** @param {import('./pack.mjs').Packed} packed */
const fileProblems = async ({ workspace, files, read }) => {
  const entryPoints = entryPointsOf(workspace).flatMap(({ name }) => [
    `dist/${name}.js`,
    `dist/${name}.d.ts`,
  ]);
  const commands = Object.values(workspace.manifest.bin ?? {}).map((file) => file.replace(/^\.\//, ''));
  const missing = ['package.json', 'README.md', 'LICENSE', ...entryPoints, ...commands]
    .filter((file) => !files.includes(file))
    .map((file) => `expected ${file} in the package, found none`);
  const excess = files
    .filter((file) => !belongs.test(file) || leaked.test(file))
    .map((file) => `${file} does not belong in the package`);

  /** @type {string[]} */
  const wrong = [];
  for (const file of files) {
    const text = await read(file);
    if (file === 'LICENSE' && text !== licence) wrong.push("LICENSE differs from the repository's");
    if (file === 'README.md' && !text.startsWith(`# ${workspace.manifest.name}\n`))
      wrong.push(`README.md: expected the heading "# ${workspace.manifest.name}"`);
    if (/\.(js|ts)$/.test(file)) {
      if (text.includes(repository)) wrong.push(`${file} names a folder of the machine that built it`);
      if (/^\/\/# sourceMappingURL=/m.test(text)) wrong.push(`${file} points to a source map`);
      if (/\b(from|import) *\(?['"]vitest/.test(text)) wrong.push(`${file} imports vitest`);
    }
  }
  return [...missing, ...excess, ...wrong];
};

/** @param {import('./pack.mjs').Packed} packed */
const publintProblems = async ({ tarball }) => {
  const { buffer, byteOffset, byteLength } = tarball;
  const data = buffer.slice(byteOffset, byteOffset + byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: data }, strict: true });
  return messages.map((message) => `publint: ${formatMessage(message, pkg, { color: false })}`);
};

/**
 * Types as TypeScript resolves them for users of ES modules, in Node and with a bundler.
 *
 * @param {import('./pack.mjs').Packed} packed
 */
const typeProblems = async ({ workspace, tarball }) => {
  if (entryPointsOf(workspace).length === 0) return [];
  const analysis = await checkPackage(createPackageFromTarballData(tarball));
  if (analysis.types === false) return ['are the types wrong: found no types'];
  const problems = [
    ...filterProblems(analysis, { resolutionKind: 'node16-esm' }),
    ...filterProblems(analysis, { resolutionKind: 'bundler' }),
  ];
  return [...new Set(problems)].map(({ kind, ...where }) => {
    const { shortDescription } = problemKindInfo[kind];
    return `are the types wrong: ${shortDescription} ${JSON.stringify(where)}`;
  });
};
