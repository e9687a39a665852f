import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';

/** The layers: what each package may import of ours. Applications may import every package. */
const mayImport = {
  contracts: [],
  random: [],
  files: [],
  metrics: ['contracts', 'random'],
  data: ['contracts', 'random', 'files'],
  cifar: ['contracts', 'data', 'files'],
  runs: ['contracts', 'random', 'files'],
  'wasm-training': [],
  backend: ['contracts', 'files', 'wasm-training'],
  model: ['contracts', 'random'],
  training: ['contracts', 'random', 'model', 'metrics'],
  interchange: ['contracts', 'model'],
  experiment: ['contracts', 'data', 'cifar', 'metrics', 'model', 'runs', 'backend', 'training'],
  charts: ['contracts', 'metrics'],
  study: ['contracts', 'random', 'files', 'metrics', 'runs', 'charts'],
};

const packageNames = readdirSync(new URL('packages', import.meta.url));

/** Workspaces besides packages and apps: they may import every package. */
const { workspaces } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));
const tools = workspaces.filter((name) => !name.endsWith('/*'));
const withoutLayer = packageNames.filter((name) => !(name in mayImport));
if (withoutLayer.length > 0) {
  throw new Error(
    `.dependency-cruiser.mjs: expected a layer for every folder of packages/, found none for ${withoutLayer.join(', ')}: add it to mayImport`,
  );
}

// An import of ours resolves into the other package's dist once that is built, and stays a bare name before:
// every rule below covers both, so that the answer does not depend on what happens to be built.

const anyOf = (names) => `(${names.join('|')})`;
const ours = `^${anyOf(['packages', 'apps', ...tools])}/|^@dropout-lab/|^dropout-lab(/|$)`;
const isPackage = (name) => `^packages/${name}/|^@dropout-lab/${name}(/|$)`;

const layerRule = ([name, allowed]) => ({
  name: `layer-${name}`,
  comment: `${name} may import ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^packages/${name}/` },
  to: { path: ours, pathNot: [name, ...allowed].map(isPackage) },
});

/** `@dropout-lab/cifar`, `@dropout-lab/cifar/node`, ... as package.json exports them. */
const exportedPaths = [...packageNames.map((name) => `packages/${name}`), 'apps/viewer'].flatMap((folder) => {
  const path = new URL(`${folder}/package.json`, import.meta.url);
  const { name, exports } = JSON.parse(readFileSync(path, 'utf8'));
  return Object.keys(exports).map((subpath) => `^${name}${subpath.slice(1)}$`);
});

/** Tests, the programs that they start, and what they have in common. */
const tests = '\\.(test|child|testing)\\.ts$';
const testTools = '(^|/)node_modules/vitest/|^vitest(/|$)';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    ...Object.entries(mayImport).map(layerRule),
    {
      name: 'by-name-only',
      comment: 'another package is imported by its name, never by a relative path',
      severity: 'error',
      from: { path: `^${anyOf(['(packages|apps)/[^/]+', ...tools])}/` },
      to: {
        path: `^${anyOf(['packages', 'apps', ...tools])}/`,
        pathNot: '^$1/',
        dependencyTypes: ['local'],
        dependencyTypesNot: ['aliased-workspace'],
      },
    },
    {
      name: 'exports-only',
      comment: 'another package is imported through its exports',
      severity: 'error',
      from: {},
      to: { path: '^@dropout-lab/', pathNot: exportedPaths },
    },
    {
      name: 'no-node-in-pure-packages',
      comment: 'training gets its store from the caller and opens no file',
      severity: 'error',
      from: { path: '^packages/(training|model|metrics|random|contracts)/src/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'browser-entry-point',
      comment: 'exports of index.ts and browser.ts run in a browser; node.ts exports the rest',
      severity: 'error',
      from: { path: ['^packages/[^/]+/src/(index|browser)\\.ts$', '^apps/trainer/src/browser\\.ts$'] },
      to: { path: `^${anyOf(builtinModules)}$`, reachable: true },
    },
    {
      name: 'analysis-draws-nothing',
      comment:
        'what a study says is known without charts, fonts, a DOM or a loader of study files: those are of node.ts',
      severity: 'error',
      from: { path: '^packages/study/src/index\\.ts$' },
      to: {
        path: [
          isPackage('charts'),
          '(^|/)(@resvg|@expo-google-fonts|@observablehq|linkedom|jiti|write-file-atomic)(/|$)',
        ],
        reachable: true,
      },
    },
    {
      name: 'tensorflow-where-needed',
      comment: 'images, metrics, run files and studies work without TensorFlow.js',
      severity: 'error',
      from: {
        path: `^packages/${anyOf(['contracts', 'random', 'files', 'metrics', 'data', 'cifar', 'runs', 'charts', 'study'])}/`,
      },
      to: { path: '(^|/)@tensorflow/' },
    },
    {
      name: 'backends-from-outside',
      comment: 'model and training run on whichever backend was started',
      severity: 'error',
      from: { path: '^packages/(model|training)/src/', pathNot: tests },
      to: { path: '(^|/)@tensorflow/', pathNot: '(^|/)@tensorflow/tfjs-(core|layers)(/|$)' },
    },
    {
      name: 'declared-dependencies',
      comment:
        'what a package needs when installed alone stands in its dependencies or peerDependencies; pages are bundled whole',
      severity: 'error',
      from: {
        path: '^(packages|apps)/[^/]+/src/',
        pathNot: [tests, '^apps/viewer/src/(?!server/|node\\.ts|shared/runs/catalogue\\.ts)'],
      },
      to: {
        path: 'node_modules/',
        pathNot: testTools,
        dependencyTypesNot: ['npm', 'npm-peer', 'npm-optional', 'npm-bundled'],
      },
    },
    {
      name: 'no-test-tools-in-builds',
      comment: 'what is published never reaches a test or its tools',
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/(index|browser|node|sample|cli)\\.ts$' },
      to: { path: [tests, testTools], reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/(generated|assembly)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['types', 'import'], exportsFields: ['exports'] },
  },
};
