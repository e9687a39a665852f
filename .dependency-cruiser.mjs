/**
 * The layers: imports run downwards only, and a package is entered through its face.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const mayImport = {
  contracts: [],
  random: [],
  metrics: ['contracts', 'random'],
  cifar: ['contracts', 'random'],
  runs: ['contracts', 'random'],
  'wasm-training': [],
  backend: ['contracts', 'wasm-training'],
  model: ['contracts', 'random'],
  training: ['contracts', 'random', 'model', 'metrics'],
};

const ownPackage = (name) => `^(packages/${name}/|node_modules/@dropout-lab/${name}/)`;

const layerRule = ([name, allowed]) => ({
  name: `layer-${name}`,
  comment: `${name} may import ${allowed.join(', ') || 'nothing of ours'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src` },
  to: {
    path: '^(packages|apps|bench)/|^node_modules/@dropout-lab/|^@dropout-lab/',
    pathNot: [
      `^packages/${name}/`,
      ...allowed.flatMap((other) => [ownPackage(other), `^@dropout-lab/${other}(/node)?$`]),
    ],
  },
});

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'front-door-only',
      comment: 'another package is imported by its name, never by a path into it',
      severity: 'error',
      from: { path: '^(packages|apps)/([^/]+)/' },
      to: { path: '^(packages|apps)/([^/]+)/src/', pathNot: '^$1/$2/' },
    },
    {
      name: 'no-file-system-in-training',
      comment: 'training is told where to keep things; it never opens a file or picks a backend',
      severity: 'error',
      from: { path: '^packages/(training|model|metrics|random|contracts)/src', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    ...Object.entries(mayImport).map(layerRule),
  ],
  options: {
    doNotFollow: { path: 'node_modules|/dist/' },
    exclude: { path: '/(dist|generated|assembly)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { conditionNames: ['types', 'import'], exportsFields: ['exports'] },
  },
};
