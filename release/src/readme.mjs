import { programsOf } from '../../scripts/code-blocks.mjs';

/**
 * What a README tells its reader to type and to run.
 *
 * @param {string} text Markdown.
 * @returns {{ readonly install: readonly string[], readonly example: string | undefined }} The packages of its first
 *   `npm install`, and its first TypeScript program.
 */
export const readReadme = (text) => ({
  install: text.match(/^ *npm install (?!--)(.+)$/m)?.[1]?.split(/\s+/) ?? [],
  example: programsOf(text).find(({ language }) => language === 'ts')?.code,
});
