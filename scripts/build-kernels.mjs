/**
 * Compiles `assembly/index.ts` of the package in the current folder to WebAssembly and embeds it, base64, in
 * `src/generated/kernels.ts`: one module that loads the same way in Node, bundlers and browsers.
 * Compiler options live beside the source, in `assembly/asconfig.json`.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { main as compile } from 'assemblyscript/asc';

/** @type {Uint8Array | undefined} */
let binary;
const { error, stderr } = await compile(
  ['assembly/index.ts', '--config', 'assembly/asconfig.json', '--outFile', 'kernels.wasm'],
  {
    readFile: (name, baseDirectory) => {
      try {
        return readFileSync(resolve(baseDirectory, name), 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (name, contents) => {
      if (name.endsWith('.wasm')) binary = /** @type {Uint8Array} */ (contents);
    },
  },
);
if (error || !binary) {
  process.stderr.write(`${stderr}\n${error?.message ?? 'no WebAssembly was written'}\n`);
  process.exit(1);
}

mkdirSync('src/generated', { recursive: true });
writeFileSync(
  'src/generated/kernels.ts',
  `/** The compiled assembly/index.ts, base64. Written by scripts/build-kernels.mjs. */\nexport const kernelsBase64 =\n  '${Buffer.from(binary).toString('base64')}';\n`,
);
process.stdout.write(`kernels: ${binary.length} bytes of WebAssembly\n`);
