import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';

const importsOf = (source: string): string[] =>
  [...source.matchAll(/\b(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier!);

/** Every package that a module reaches through the sources of this one. */
const packagesReached = async (entry: URL, seen = new Set<string>()): Promise<Set<string>> => {
  const packages = new Set<string>();
  if (seen.has(entry.href)) return packages;
  seen.add(entry.href);
  for (const specifier of importsOf(await readFile(entry, 'utf8'))) {
    if (!specifier.startsWith('.')) packages.add(specifier);
    else for (const name of await packagesReached(new URL(specifier, entry), seen)) packages.add(name);
  }
  return packages;
};

test.each(['./index.ts', './sample.ts'])('%s reaches nothing of Node', async (entry) => {
  const packages = await packagesReached(new URL(entry, import.meta.url));
  expect([...packages].filter((name) => !/^@dropout-lab\/[a-z]+$/.test(name))).toEqual([]);
  expect(packages).toContain('@dropout-lab/contracts');
});
