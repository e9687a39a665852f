/** The API reference of every published package, made by `typedoc --options release/typedoc.config.mjs`. */
import { join } from 'node:path';
import { repository } from '../scripts/spawn-turbo.mjs';
import { entryPointsOf, published } from '../scripts/workspaces.mjs';

const libraries = published.filter((workspace) => entryPointsOf(workspace).length > 0);

/** By package, exports that need no documentation: schemas of types that have it, and members of types without a name. */
const excused = {
  '@dropout-lab/cifar': { intentionallyNotDocumented: ['index.DatasetLoader.__type.draw'] },
  '@dropout-lab/contracts': {
    intentionallyNotExported: [
      ...['backendSchema', 'classReportSchema', 'dataSchema', 'endReasonSchema', 'epochLogsSchema'],
      ...['hardwareSchema', 'reliabilityBinSchema'],
    ],
  },
  '@dropout-lab/study': { intentionallyNotDocumented: ['index.metricDefinitions.__type.of'] },
};

/** The sources of `exports`; TypeDoc would need declaration maps, which the packages lack, to find them itself. */
const entryPointReader = {
  name: 'entry-points',
  order: 0,
  supportsPackages: true,
  /** @param {import('typedoc').Options} options @param {unknown} _ @param {string} folder */
  read: (options, _, folder) => {
    const workspace = libraries.find(({ path }) => join(path, '.') === join(folder, '.'));
    if (workspace === undefined) return;
    const { name } = workspace.manifest;
    options.setValue('name', name);
    options.setValue(
      'entryPoints',
      entryPointsOf(workspace).map(({ source }) => source),
    );
    for (const [option, names] of Object.entries(excused[/** @type {keyof typeof excused} */ (name)] ?? {}))
      options.setValue(/** @type {any} */ (option), names);
  },
};

export default {
  name: 'dropout-lab',
  entryPointStrategy: 'packages',
  entryPoints: libraries.map(({ path }) => path),
  out: join(repository, 'docs', 'reference'),
  // The page of all packages comes first.
  readme: 'none',
  plugin: [(/** @type {import('typedoc').Application} */ app) => app.options.addReader(entryPointReader)],
  treatWarningsAsErrors: true,
  skipErrorChecking: true,
  packageOptions: {
    readme: 'README.md',
    skipErrorChecking: true,
    excludePrivate: true,
    excludeExternals: true,
    disableSources: true,
    // Every export has documentation, and every type that one mentions is exported.
    validation: { notExported: true, notDocumented: true, invalidPath: true, rewrittenLink: true },
    requiredToBeDocumented: [
      ...['Function', 'Variable', 'Class', 'Interface', 'TypeAlias', 'Method', 'Accessor'],
    ],
  },
};
