import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { entryPointsOf } from '../../scripts/workspaces.mjs';

/**
 * The public API of an entry point as built: signatures without documentation, as TypeScript shows them to its users.
 *
 * @typedef {{
 *   readonly workspace: import('../../scripts/workspaces.mjs').Workspace,
 *   readonly specifier: string,
 *   readonly file: string,
 *   readonly text: string,
 * }} ApiReport `file` is where it is committed, absolute.
 */

/**
 * Writes down the public API of every entry point of the given workspaces, as built.
 *
 * @param {readonly import('../../scripts/workspaces.mjs').Workspace[]} workspaces
 * @param {string} folder For temporary files; it exists.
 * @returns {Promise<ApiReport[]>}
 * @throws An Error when declarations cannot be read.
 */
export const apiReports = async (workspaces, folder) => {
  const entryPoints = workspaces.flatMap((workspace) =>
    entryPointsOf(workspace).map((entryPoint) => ({ workspace, entryPoint })),
  );
  /** @type {CompilerState | undefined} */
  let compilerState;
  /** @type {ApiReport[]} */
  const reports = [];
  for (const { workspace, entryPoint } of entryPoints) {
    const reportFolder = join(folder, workspace.folder);
    await mkdir(reportFolder, { recursive: true });
    const config = prepare(workspace, entryPoint, reportFolder);
    // One program for all of them: reading the declarations of TensorFlow.js takes the time.
    compilerState ??= CompilerState.create(config, {
      additionalEntryPoints: entryPoints.map((f) => f.entryPoint.types),
    });
    const { errorCount } = Extractor.invoke(config, {
      localBuild: true,
      compilerState,
      messageCallback: (message) => {
        if (message.logLevel !== 'error') message.handled = true;
      },
    });
    if (errorCount > 0)
      throw new Error(`${entryPoint.specifier}: API Extractor found ${errorCount} errors, above`);
    reports.push({
      workspace,
      specifier: entryPoint.specifier,
      file: join(workspace.path, 'api', `${entryPoint.name}.api.md`),
      text: inStableOrder(await readFile(join(reportFolder, `${entryPoint.name}.api.md`), 'utf8')),
    });
  }
  return reports;
};

/**
 * @param {import('../../scripts/workspaces.mjs').Workspace} workspace
 * @param {import('../../scripts/workspaces.mjs').EntryPoint} entryPoint
 * @param {string} reportFolder
 */
const prepare = ({ path }, { name, types }, reportFolder) =>
  ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(path, 'package.json'),
    configObject: {
      projectFolder: path,
      mainEntryPointFilePath: types,
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          extends: join(repository, 'tsconfig.base.json'),
          compilerOptions: { lib: ['ES2023', 'DOM'], types: ['node'] },
          files: [types],
        },
      },
      apiReport: {
        enabled: true,
        reportFolder,
        reportTempFolder: join(reportFolder, 'temporary'),
        reportFileName: `${name}.api.md`,
        // What an exported type is made of belongs to the API, whether or not it has a name there.
        includeForgottenExports: true,
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: /** @type {any} */ ('error') } },
        extractorMessageReporting: { default: { logLevel: /** @type {any} */ ('none') } },
        tsdocMessageReporting: { default: { logLevel: /** @type {any} */ ('none') } },
      },
    },
  });

/**
 * The compiler prints the members of an inferred enumeration in the order in which it happened to meet them, which
 * another build of the same sources may change.
 *
 * @param {string} text
 */
const inStableOrder = (text) =>
  text.replaceAll(
    /(?:^ *(\w+): "\1";\n)+/gm,
    (members) => `${members.trimEnd().split('\n').toSorted().join('\n')}\n`,
  );

/**
 * @param {ApiReport} report
 * @returns {Promise<string[]>} How the API differs from what is committed, in a sentence, if it does.
 */
export const apiProblems = async ({ specifier, file, text }) => {
  const committed = await readFile(file, 'utf8').catch(() => undefined);
  if (committed?.replaceAll('\r\n', '\n') === text) return [];
  const what = committed === undefined ? 'has no API report' : 'differs from its API report';
  return [`${specifier} ${what}; npm run release:check -- --update writes it, for review`];
};

/** @param {ApiReport} report */
export const writeApiReport = async ({ file, text }) => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};
