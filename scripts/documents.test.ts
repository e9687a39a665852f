import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { listSettings, parseRunConfig, runConfigSchema } from '@dropout-lab/contracts';
import { modelSpecOf, requireBuildable } from '@dropout-lab/model';
import ts from 'typescript';
import { afterAll, describe, expect, test } from 'vitest';
import { type CodeBlock, codeBlocks, programsOf } from './code-blocks.mjs';
import { runNode } from './run-node.ts';
import { documents as withSettings, withTables } from './settings-tables.mjs';
import { repository } from './spawn-turbo.mjs';
import { workspaces } from './workspaces.mjs';

const read = (file: string): string => readFileSync(join(repository, file), 'utf8');

const markdownIn = (folder: string): string[] =>
  readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => join(folder, file).replaceAll('\\', '/'));

/** All documents that are written by hand. */
const documents = [
  ...['README.md', 'CONTRIBUTING.md', 'ARCHITECTURE.md'],
  ...markdownIn('docs').filter((file) => !file.startsWith('docs/reference/')),
  ...workspaces
    .map(({ folder }) => `${folder}/README.md`)
    .filter((file) => existsSync(join(repository, file))),
];

describe('links', () => {
  /** Returns the anchors of a document's headings, as GitHub makes them. */
  const anchorsOf = (file: string): string[] =>
    Array.from(read(file).matchAll(/^#+ (.+)$/gm), ([, heading]) =>
      heading!
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- _]/gu, '')
        .replaceAll(' ', '-'),
    );

  test.each(documents)('%s links to what exists', (document) => {
    const prose = read(document).replace(/^```.*?^```$/gms, '');
    const links = Array.from(prose.matchAll(/\]\((?!\w+:)([^)#\s]*)(?:#([^)]+))?\)/g));
    const dead = links.filter(([, path, anchor]) => {
      const target = path ? join(dirname(document), path) : document;
      if (!existsSync(join(repository, target))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
    });
    expect(dead.map(([link]) => link)).toEqual([]);
  });
});

const programs = documents.flatMap((document) =>
  programsOf(read(document)).map((program) => ({ document, program, place: `${document}:${program.line}` })),
);

test('every program in the documents is TypeScript without an error', () => {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    moduleDetection: ts.ModuleDetectionKind.Force,
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    allowJs: true,
    checkJs: true,
  };
  // In the folder of its document, where it finds the packages that its reader would have installed.
  const sources = new Map(
    programs.map(({ document, program }) => [
      join(repository, dirname(document), `line-${program.line}.${program.language}`).replaceAll('\\', '/'),
      program.code,
    ]),
  );
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.fileExists = (file) => sources.has(file) || fileExists(file);
  host.readFile = (file) => sources.get(file) ?? readFile(file);
  host.getSourceFile = (file, languageVersion, ...rest) => {
    const code = sources.get(file);
    return code === undefined
      ? getSourceFile(file, languageVersion, ...rest)
      : ts.createSourceFile(file, code, languageVersion, true);
  };
  const diagnostics = ts.getPreEmitDiagnostics(ts.createProgram([...sources.keys()], options, host));
  expect(diagnostics.map((diagnostic) => ts.formatDiagnostic(diagnostic, host))).toEqual([]);
});

describe('the programs of docs', () => {
  // Inside the repository, where Node finds the packages; git ignores it.
  const folder = mkdir(join(repository, '.turbo'), { recursive: true }).then(() =>
    mkdtemp(join(repository, '.turbo', 'documents-')),
  );
  afterAll(async () => rm(await folder, { recursive: true, force: true }));

  const compile = ({ code }: CodeBlock): string =>
    ts.transpileModule(code, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext },
    }).outputText;

  test.each(programs.filter(({ document }) => document.startsWith('docs/')))(
    '$place runs',
    { timeout: 600_000 },
    async ({ program, place }) => {
      const file = join(await folder, `${place.replaceAll(/\W/g, '-')}.mjs`);
      await writeFile(file, compile(program));
      const { code, stdout, stderr } = await runNode([file, '--quick'], { cwd: tmpdir() });
      expect(code, stderr).toBe(0);
      const promised = outcomes[place.replace(/:\d+$/, '')];
      for (const said of promised ?? []) expect(stdout).toMatch(said);
    },
  );

  /** The output of programs according to their documents. */
  const outcomes: Readonly<Record<string, readonly RegExp[]>> = {
    'docs/tutorial.md': [
      /^631370 parameters$/m,
      /^epoch 2\/2: loss \d\.\d{4}, accuracy 0\.\d{4}, val_loss \d\.\d{4}, val_accuracy 0\.\d{4}$/m,
      /^Test loss: \d\.\d{4} \/ Test accuracy: 0\.\d{4}$/m,
    ],
    'docs/how-to/own-parts.md': [/^epoch 2: confidence 0\.\d{3}$/m],
    'docs/how-to/uncertainty.md': [
      /^2 epochs$/m,
      /^(\d\.\d{4} \d\.\d{4} \d\.\d{4}\n){2}the passes disagree most about image \d+\ntemperature \d+\.\d\d$/m,
    ],
    'docs/how-to/resume.md': [/^interrupted after step 3\ncompleted after step 10$/m],
  };
});

test('npm scripts that documents name exist', () => {
  const { scripts } = JSON.parse(read('package.json'));
  const named = documents.flatMap((document) =>
    Array.from(read(document).matchAll(/npm run ([a-z][\w:-]*)(?! -w)\b/g), (match) => match[1]!),
  );
  const known = new Set([
    ...Object.keys(scripts),
    ...workspaces.flatMap(({ manifest }) => Object.keys(manifest['scripts'] as object)),
  ]);
  expect([...new Set(named)].filter((name) => !known.has(name))).toEqual([]);
});

test.each(withSettings)('the tables of settings in %s are up to date with the descriptions', (document) => {
  // After an intended change: npm run docs:settings
  expect(read(document)).toBe(withTables(read(document)));
});

test('docs/settings.md has every setting', () => {
  const text = read('docs/settings.md');
  const missing = listSettings(runConfigSchema).filter(({ path, of }) => {
    const ends = [
      path,
      ...['model.layers[].', 'model.', 'callbacks[].', 'weightGroups[].', ...(of ? [`${of.path}.`] : [])].map(
        (start) => path.slice(start.length),
      ),
    ];
    return !ends.some((end) => text.includes(`| \`${end}\` |`));
  });
  expect(missing.map(({ path }) => path)).toEqual([]);
});

test.each(documents)('the JSON in %s is JSON', (document) => {
  for (const { language, code } of codeBlocks(read(document)))
    if (language === 'json') expect(() => JSON.parse(code), code).not.toThrow();
});

test.each(
  documents.flatMap((document) =>
    codeBlocks(read(document))
      .filter(({ language, code }) => language === 'json' && /^\{\s*"model"/.test(code))
      .map(({ code, line }) => ({ place: `${document}:${line}`, code })),
  ),
)('the configuration in $place is one, of a model that can be built', ({ code }) => {
  expect(() => requireBuildable(modelSpecOf(parseRunConfig(JSON.parse(code))))).not.toThrow();
});

describe('the README of each package', () => {
  const packages = workspaces.filter(({ folder }) => folder.startsWith('packages/'));

  test.each(packages)('$folder: installs what its example imports', ({ folder }) => {
    const readme = read(`${folder}/README.md`);
    const installed = Array.from(readme.matchAll(/npm install (.+)$/gm), (match) =>
      match[1]!.split(/\s+/),
    ).flat();
    const [example] = programsOf(readme);
    const imported = Array.from(
      example!.code.matchAll(/^(?:import|\} from).*?'((?:@[^/']+\/)?[^/']+)[^']*';$/gm),
      (match) => match[1]!,
    ).filter((name) => !name.startsWith('node:'));
    expect(imported).not.toEqual([]);
    expect(imported.filter((name) => !installed.includes(name))).toEqual([]);
  });
});
