import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { x } from 'tinyexec';
import { run } from '../../scripts/run.mjs';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { entryPointsOf } from '../../scripts/workspaces.mjs';

/** @typedef {import('../../scripts/workspaces.mjs').Workspace} Workspace */

export const release = join(repository, 'release');

/** The size limits of tarballs, entry points and single imports, by the names that size-limit has for them. */
export const budgetsFile = join(release, 'size-budgets.json');

/** The folder for our tarballs. */
export const tarballFolder = join(release, 'dist');

/** @param {Workspace} workspace @param {string} [folder] */
export const tarballOf = ({ manifest: { name, version } }, folder = tarballFolder) =>
  join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);

/**
 * Packs workspaces, as built, in the way of `npm publish`.
 *
 * @param {readonly Workspace[]} workspaces
 * @param {string} folder For the tarballs; it exists.
 * @returns {Promise<string[][]>} The files in each.
 */
export const pack = async (workspaces, folder) => {
  const folders = workspaces.map(({ path }) => path);
  const output = await run(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...folders],
    { cwd: repository },
  );
  /** @type {{ files: { path: string }[] }[]} */
  const packed = JSON.parse(output);
  return packed.map(({ files }) => files.map(({ path }) => path));
};

/**
 * @param {string} command Of a package that release/ depends on.
 * @param {readonly string[]} args
 * @returns {Promise<string[]>} All that it says, when it is not content.
 */
export const complaintsOf = async (command, args) => {
  const { exitCode, stdout, stderr } = await x(command, [...args], {
    // TypeDoc reads declarations for every package anew: with room for them, it spends a quarter less on collecting garbage.
    nodeOptions: { cwd: release, env: { NO_COLOR: '1', NODE_OPTIONS: '--max-semi-space-size=64' } },
  });
  return exitCode === 0 ? [] : [`${command}: ${stdout}${stderr}`];
};

/**
 * Lists the problems of a package as npm would publish it: by publint, by are-the-types-wrong for users of ES modules in
 * Node and with bundlers, and by rules of our own.
 *
 * @param {Workspace} workspace
 * @param {readonly string[]} files
 * @param {string} tarball
 * @returns {Promise<string[]>}
 */
export const packageProblems = async (workspace, files, tarball) => [
  ...(await complaintsOf('publint', ['run', tarball, '--strict'])),
  // A command alone has no types that could be wrong.
  ...(entryPointsOf(workspace).length === 0
    ? []
    : await complaintsOf('attw', [tarball, '--profile', 'esm-only'])),
  ...(await fileProblems(workspace, files)),
];

/** The files of a package; any other file was packed by mistake. */
const belongs = /^(dist\/.+|package\.json|README\.md|LICENSE|CHANGELOG\.md)$/;
const leaked = /\.(test|child|bench|setup)\.|\.map$|\.tsbuildinfo$|(^|\/)(fixtures|testing)\//;

/**
 * Checks what the tools do not: that no file is missing, that none was packed by mistake, and that none contains paths of
 * the machine that built it.
 *
 * @param {Workspace} workspace
 * @param {readonly string[]} files
 */
const fileProblems = async (workspace, files) => {
  const { name, bin = {} } = workspace.manifest;
  const entryPoints = entryPointsOf(workspace).flatMap((entry) => [
    `dist/${entry.name}.js`,
    `dist/${entry.name}.d.ts`,
  ]);
  const commands = Object.values(bin).map((file) => file.replace(/^\.\//, ''));
  const licence = await readFile(join(repository, 'LICENSE'), 'utf8');
  const problems = [
    ...['README.md', 'LICENSE', ...entryPoints, ...commands]
      .filter((file) => !files.includes(file))
      .map((file) => `expected ${file} in the package, found none`),
    ...files
      .filter((file) => !belongs.test(file) || leaked.test(file))
      .map((file) => `${file} does not belong in the package`),
  ];
  for (const file of files) {
    const text = await readFile(join(workspace.path, file), 'utf8');
    if (file === 'LICENSE' && text !== licence) problems.push("LICENSE differs from the repository's");
    if (file === 'README.md' && !text.startsWith(`# ${name}\n`))
      problems.push(`README.md: expected the heading "# ${name}"`);
    if (!/\.(js|ts)$/.test(file)) continue;
    if (text.includes(repository)) problems.push(`${file} names a folder of the machine that built it`);
    if (/^\/\/# sourceMappingURL=/m.test(text)) problems.push(`${file} points to a source map`);
    if (/\b(from|import) *\(?['"]vitest/.test(text)) problems.push(`${file} imports vitest`);
  }
  return problems;
};
