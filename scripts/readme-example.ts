import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { programsOf } from './code-blocks.mjs';

/**
 * Runs the first TypeScript program of a package's README, so that the README cannot fall behind the code. The block's
 * imports of its own package are pointed at the sources; every other import resolves as it does for a user.
 *
 * @param packageUrl The package's folder as a file URL: `new URL('..', import.meta.url).href` from its `src`.
 * @throws The errors of the example, and an Error when there is no example.
 */
export const runReadmeExample = async (packageUrl: string): Promise<void> => {
  const folder = new URL(packageUrl.endsWith('/') ? packageUrl : `${packageUrl}/`);
  const readme = await readFile(new URL('README.md', folder), 'utf8');
  const example = programsOf(readme).find(({ language }) => language === 'ts')?.code;
  if (example === undefined)
    throw new Error(`${fileURLToPath(folder)}README.md: expected a \`\`\`ts block, found none`);
  const { name } = JSON.parse(await readFile(new URL('package.json', folder), 'utf8')) as { name: string };
  const source = example.replaceAll(
    new RegExp(`from '${name}(?:/(\\w+))?'`, 'g'),
    (_, entryPoint = 'index') => `from './src/${entryPoint}.ts'`,
  );

  // Beside package.json, so that the package's own node_modules and dependencies are found; named by the
  // process, so that two test runs do not meet.
  const file = new URL(`.readme-example-${process.pid}.ts`, folder);
  await writeFile(file, source);
  try {
    await import(/* @vite-ignore */ file.href);
  } finally {
    await rm(file, { force: true });
  }
};
