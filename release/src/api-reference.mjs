import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Application, Logger, LogLevel } from 'typedoc';
import { entryPointsOf } from '../../scripts/workspaces.mjs';

/** Every export has documentation, every type that one mentions is exported, every link leads somewhere. */
const validation = {
  notExported: true,
  invalidLink: true,
  invalidPath: true,
  rewrittenLink: true,
  notDocumented: true,
};

/**
 * What may be without: a Zod schema that only other ones are made of, since what it describes is exported as a type;
 * and a member of a type that has no name.
 */
const excused = /^\w+Schema, defined in .* but not included in the documentation$|\.__type\./;

class Collector extends Logger {
  /** @type {string[]} */
  warnings = [];

  /** @override @param {string} message @param {LogLevel} level */
  log(message, level) {
    super.log(message, level);
    if (level >= LogLevel.Warn && !excused.test(message)) this.warnings.push(message);
  }
}

/** @param {Partial<import('typedoc').TypeDocOptions>} options */
const convert = async (options) => {
  const app = await Application.bootstrap({ skipErrorChecking: true, validation, ...options });
  const logger = new Collector();
  app.logger = logger;
  const project = await app.convert();
  if (project) app.validate(project);
  return { app, project, warnings: logger.warnings };
};

/**
 * Writes the API reference of packages as pages, from their sources, when there is nothing to warn of.
 *
 * @param {readonly import('../../scripts/workspaces.mjs').Workspace[]} workspaces Those without exports are left out.
 * @param {string} output The folder for the pages; whatever is there is replaced.
 * @returns {Promise<string[]>} What there is to mend, a sentence each.
 */
export const writeApiReference = async (workspaces, output) => {
  const temporary = await mkdtemp(join(tmpdir(), 'dropout-lab-reference-'));
  try {
    /** @type {string[]} */
    const models = [];
    /** @type {string[]} */
    const problems = [];
    for (const workspace of workspaces.filter((one) => entryPointsOf(one).length > 0)) {
      const { app, project, warnings } = await convert({
        name: workspace.manifest.name,
        entryPoints: entryPointsOf(workspace).map(({ source }) => source),
        tsconfig: join(workspace.path, 'tsconfig.json'),
        readme: join(workspace.path, 'README.md'),
        // Whether links between packages lead somewhere can be told when all are together.
        validation: { ...validation, invalidLink: false },
        requiredToBeDocumented: [
          'Function',
          'Variable',
          'Class',
          'Interface',
          'TypeAlias',
          'Method',
          'Accessor',
        ],
        excludePrivate: true,
        excludeExternals: true,
        disableSources: true,
      });
      problems.push(...warnings.map((warning) => `${workspace.manifest.name}: ${warning}`));
      if (!project || warnings.length > 0) continue;
      models.push(join(temporary, `${models.length}.json`));
      await app.generateJson(project, /** @type {string} */ (models.at(-1)));
    }
    if (problems.length > 0) return problems;

    const { app, project, warnings } = await convert({
      name: 'dropout-lab',
      entryPointStrategy: 'merge',
      entryPoints: models,
      // The page of all packages comes first.
      readme: 'none',
    });
    if (project) await app.generateDocs(project, output);
    return warnings;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
};
