/**
 * Returns the fenced code blocks of a Markdown text.
 *
 * @typedef {{ readonly language: string, readonly code: string, readonly line: number }} CodeBlock `line` is that of
 *   the first line of code, from 1.
 *
 * @param {string} text
 * @returns {CodeBlock[]}
 */
export const codeBlocks = (text) =>
  Array.from(
    text.matchAll(/^( *)```(\w+)[^\n]*\n(.*?)^\1```$/gms),
    ({ 2: language = '', 3: code = '', index }) => ({
      language,
      code,
      line: text.slice(0, index).split('\n').length + 1,
    }),
  );

/**
 * Returns the programs of a Markdown text: TypeScript and JavaScript blocks. A block that begins with neither an import
 * nor a comment before one continues the program before it.
 *
 * @param {string} text
 * @returns {CodeBlock[]}
 */
export const programsOf = (text) => {
  /** @type {CodeBlock[]} */
  const programs = [];
  for (const block of codeBlocks(text)) {
    if (!['ts', 'js'].includes(block.language)) continue;
    const before = programs.at(-1);
    if (before === undefined || /^(\/\/[^\n]*\n)*import /.test(block.code)) programs.push(block);
    else programs[programs.length - 1] = { ...before, code: `${before.code}\n${block.code}` };
  }
  return programs;
};
