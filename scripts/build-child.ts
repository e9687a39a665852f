import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'tsdown';

/**
 * Builds a program that a test starts in a process or a thread of its own as one plain file, since this Node may not run
 * TypeScript.
 *
 * @param source `new URL('writer.child.ts', import.meta.url)`.
 * @returns The path of the built file, in `folder`.
 */
export const buildChild = async (source: URL, folder: string): Promise<string> => {
  const entry = fileURLToPath(source);
  await build({
    config: false,
    entry: [entry],
    outDir: folder,
    format: 'esm',
    fixedExtension: true,
    dts: false,
    noExternal: /./,
    inlineOnly: false,
    // Backends are imported for their effect.
    treeshake: false,
    logLevel: 'silent',
  });
  return join(folder, `${basename(entry, '.ts')}.mjs`);
};
