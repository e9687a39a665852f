import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import { repository } from '../../scripts/spawn-turbo.mjs';
import { entryPointsOf } from '../../scripts/workspaces.mjs';

/** @typedef {import('../../scripts/workspaces.mjs').Workspace} Workspace */
/** @typedef {import('../../scripts/workspaces.mjs').EntryPoint} EntryPoint */

/**
 * The public API of an entry point as built: signatures without documentation, as TypeScript shows them to users.
 *
 * @typedef {{ readonly specifier: string, readonly file: string, readonly text: string }} ApiReport `file` is where it
 *   is committed, absolute.
 */

/**
 * Writes down the public API of the given workspaces, as built, by API Extractor. Not by its own command, which takes one
 * entry point and reads the declarations of TensorFlow.js again for each: here one compiler is enough for all.
 *
 * @param {readonly Workspace[]} workspaces
 * @param {string} folder For temporary files; it exists.
 * @returns {Promise<ApiReport[]>}
 * @throws An Error when declarations cannot be read.
 */
export const apiReports = async (workspaces, folder) => {
  const entryPoints = workspaces.flatMap((workspace) =>
    entryPointsOf(workspace).map((entry) => ({ workspace, entry })),
  );
  /** @type {CompilerState | undefined} */
  let compilerState;
  /** @type {ApiReport[]} */
  const reports = [];
  for (const { workspace, entry } of entryPoints) {
    const reportFolder = join(folder, workspace.folder);
    await mkdir(reportFolder, { recursive: true });
    const config = prepare(workspace, entry, reportFolder);
    compilerState ??= CompilerState.create(config, {
      additionalEntryPoints: entryPoints.map((f) => f.entry.types),
    });
    const { errorCount } = Extractor.invoke(config, {
      localBuild: true,
      compilerState,
      messageCallback: (message) => {
        if (message.logLevel !== 'error') message.handled = true;
      },
    });
    if (errorCount > 0)
      throw new Error(`${entry.specifier}: API Extractor found ${errorCount} errors, above`);
    const report = `${entry.name}.api.md`;
    reports.push({
      specifier: entry.specifier,
      file: join(workspace.path, 'api', report),
      text: inStableOrder(await readFile(join(reportFolder, report), 'utf8')),
    });
  }
  return reports;
};

/** @param {Workspace} workspace @param {EntryPoint} entry @param {string} reportFolder */
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
        // The parts of an exported type belong to the API, whether or not they have a name there.
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
 * Sorts the members of inferred enumerations: the compiler prints them in the order in which it happened to see them,
 * which another build of the same sources may change.
 *
 * @param {string} text
 */
const inStableOrder = (text) =>
  text.replaceAll(
    /(?:^ *(\w+): "\1";\n)+/gm,
    (members) => `${members.trimEnd().split('\n').toSorted().join('\n')}\n`,
  );

/**
 * @param {readonly ApiReport[]} reports
 * @returns {Promise<string[]>} How the API differs from what is committed, a sentence each.
 */
export const apiProblems = async (reports) => {
  /** @type {string[]} */
  const problems = [];
  for (const { specifier, file, text } of reports) {
    const committed = await readFile(file, 'utf8').catch(() => undefined);
    if (committed?.replaceAll('\r\n', '\n') === text) continue;
    const what = committed === undefined ? 'has no API report' : 'differs from its API report';
    problems.push(`${specifier} ${what}; npm run release:check -- --update writes it, for review`);
  }
  return problems;
};
