import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { repository } from './spawn-turbo.mjs';

// docs/glossary.md has the words to use; this test refuses others, where a machine can see them: in documents, comments,
// strings and names. It looks at words alone, so a reviewer still has to read the sentences.

/** Words and phrases that are refused, each with a better one. */
const refused: readonly (readonly [pattern: RegExp, instead: string])[] = [
  [/(?<!<\/?|docs:)\bfigures?\b(?!\/|\.csv| svg \{| \{)/i, 'metric for a number, chart for a picture'],
  [/(?<!font-|Hugging )\bfaces?\b/i, 'entry point'],
  [/\bdoors?\b/i, 'entry point, exports'],
  [/\blifelines?\b/i, 'what it does, in plain words'],
  [/\btellers?\b/i, 'event, status, message'],
  [/\bportraits?\b/i, 'image, chart'],
  [/\bquietly\b/i, 'without a message'],
  [/\b(?:tells?|telling|told)\b/i, 'says, shows, distinguishes'],
  [/\bholds?\b(?![^.]{0,60}\bout\b)/i, 'has, keeps, contains'],
  [/\bgates?\b/i, 'check, condition'],
  [/\blikeliest\b/i, 'most likely'],
  [/\bodds\b/i, 'probability'],
  [/\breliability diagrams?\b/i, 'reliability chart'],
  [/\bha(?:s|ve) (?:it|them) not\b/i, 'lacks it'],
  [/\bha(?:s|ve) not got\b/i, 'lacks'],
  [/\bg(?:o|oes|oing|one) on with\b/i, 'resume, continue'],
  [/\b(?:is|are|was|were|be|been) had\b/i, 'available'],
  [/\bfor who\b/i, 'for those who'],
  [/(?<!\b(?:all|any|both|each|most|none|one|some) )\bof which\b/i, 'whose, that'],
  [/\bunless told\b/i, 'by default'],
];

/** Parts of names that are refused in code; a word in a string may be a file format's or a user's. */
const refusedInNames = /(?<!con)figure|lifeline|teller|portrait|noImagesYet|quietly/i;

/** Exceptions, each with its reason. */
const exceptions: Readonly<Record<string, RegExp>> = {
  // It says which word is not used.
  'docs/glossary.md': /\bfigure\b/,
  // A file of version 0.1.0 has the word.
  'apps/trainer/src/study/study-of-earlier-version.test.ts': /\bfigures\b/,
};

/** Records of the past, words of others, and this list. */
const isLeftOut = (file: string): boolean =>
  /(?:^|\/)(?:CHANGELOG\.md|LICENSE|fixtures\/|generated\/|api\/)|^docs\/(?:results|licences\.md)|\.api\.md$/.test(
    file,
  ) || file === 'scripts/words.test.ts';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: repository,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /\.(?:md|ts|tsx|mjs|js)$/.test(file) && !isLeftOut(file))
  // A file that is removed stays in the index until the next commit.
  .filter((file) => existsSync(join(repository, file)));

interface Passage {
  readonly kind: 'text' | 'comment' | 'name';
  readonly text: string;
  readonly position: number;
}

const isText = (node: ts.Node): node is ts.LiteralLikeNode =>
  ts.isStringLiteral(node) ||
  ts.isNoSubstitutionTemplateLiteral(node) ||
  ts.isTemplateHead(node) ||
  ts.isTemplateMiddle(node) ||
  ts.isTemplateTail(node) ||
  ts.isJsxText(node);

/** Returns the comments, strings and names of a source file; without the addresses of imports, which are files. */
const passagesOf = (file: string, content: string): Passage[] => {
  const source = ts.createSourceFile(file, content, ts.ScriptTarget.Latest, true);
  const passages = new Map<number, Passage>();
  const visit = (node: ts.Node): void => {
    for (const { pos, end } of ts.getLeadingCommentRanges(content, node.getFullStart()) ?? [])
      passages.set(pos, { kind: 'comment', text: content.slice(pos, end), position: pos });
    for (const { pos, end } of ts.getTrailingCommentRanges(content, node.getEnd()) ?? [])
      passages.set(pos, { kind: 'comment', text: content.slice(pos, end), position: pos });
    const isAddress =
      ts.isImportDeclaration(node.parent ?? node) || ts.isExportDeclaration(node.parent ?? node);
    if (isText(node) && !isAddress)
      passages.set(node.getStart(), { kind: 'text', text: node.text, position: node.getStart() });
    // The name of an element is HTML's.
    const isElement =
      node.parent !== undefined &&
      (ts.isJsxOpeningLikeElement(node.parent) || ts.isJsxClosingElement(node.parent)) &&
      node.parent.tagName === node;
    if (ts.isIdentifier(node) && !isElement)
      passages.set(node.getStart(), { kind: 'name', text: node.text, position: node.getStart() });
    for (const child of node.getChildren(source)) if (!ts.isJSDoc(child)) visit(child);
  };
  visit(source);
  return [...passages.values()];
};

const lineOf = (content: string, position: number): number => content.slice(0, position).split('\n').length;

/** Describes each refused word in a text, with its place and a better one. */
const faultsIn = (file: string, content: string, { text, position }: Omit<Passage, 'kind'>): string[] =>
  refused.flatMap(([pattern, instead]) => {
    const found = text.match(pattern);
    if (!found || exceptions[file]?.test(found[0])) return [];
    return [`${file}:${lineOf(content, position + found.index!)}: "${found[0]}": say ${instead}`];
  });

const faultsOf = (file: string, content: string): string[] => {
  // Each line by itself, so that all of a document's faults are found at once.
  if (file.endsWith('.md'))
    return content
      .split('\n')
      .flatMap((line, i) =>
        faultsIn(file, line, { text: line, position: 0 }).map((fault) =>
          fault.replace(/:1: /, `:${i + 1}: `),
        ),
      );
  return passagesOf(file, content).flatMap(({ kind, text, position }) => {
    const place = `${file}:${lineOf(content, position)}`;
    if (kind === 'name') return refusedInNames.test(text) ? [`${place}: the name ${text}`] : [];
    const opening =
      kind === 'comment' && /^\/\*\*[\s*]*What\b/.test(text)
        ? [`${place}: a doc comment says what it is or does: "Returns …", "Splits …", "A run's …"`]
        : [];
    return [...opening, ...faultsIn(file, content, { text, position })];
  });
};

test('refused words are found in comments, strings, templates and names, and not in the addresses of imports', () => {
  const code = `import { x } from './faces.ts';
/** What a face is. */
export const lossFigure = () => {
  throw new Error('nothing to hold');
  // It tells nobody.
};
const message = \`a \${x} figure\`; /* unless told */
const fine = 'images held out, a threshold, surfaces, which hold images out';
`;
  expect(
    faultsOf('a.ts', code).map((fault) => fault.slice('a.ts:'.length).split(':').slice(0, 2).join(':')),
  ).toEqual([
    '2: a doc comment says what it is or does',
    '2: "face"',
    '3: the name lossFigure',
    '4: "hold"',
    '5: "tells"',
    '7: "told"',
    '7: "unless told"',
    '7: "figure"',
  ]);
  expect(faultsOf('a.md', 'metrics\n\nno figures/ but figures\n')).toEqual([
    'a.md:3: "figures": say metric for a number, chart for a picture',
  ]);
});

test('documents, comments, strings and names use the words of the glossary', { timeout: 120_000 }, () => {
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap((file) => faultsOf(file, readFileSync(join(repository, file), 'utf8')))).toEqual([]);
});
