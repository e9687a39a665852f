/**
 * Compiles `assembly/index.ts` of the package in the current folder to WebAssembly and embeds it, base64, in
 * `src/generated/kernels.ts`: one module that loads the same way in Node, bundlers and browsers.
 * Compiler options live beside the source, in `assembly/asconfig.json`; each of its targets is a build in a module of that
 * name, so that a program has those in it that it imports.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { main as compile } from 'assemblyscript/asc';

const config = 'assembly/asconfig.json';

/** @param {string} target */
const build = async (target) => {
  /** @type {Uint8Array | undefined} */
  let binary;
  const { error, stderr } = await compile(
    ['assembly/index.ts', '--config', config, '--target', target, '--outFile', 'kernels.wasm'],
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
  const name = target.replaceAll(/-(\w)/g, (_, letter) => letter.toUpperCase());
  writeFileSync(
    `src/generated/${target}.ts`,
    `/** The compiled assembly/index.ts, base64. Written by scripts/build-kernels.mjs. */\nexport const ${name}Base64 =\n  '${Buffer.from(binary).toString('base64')}';\n`,
  );
  process.stdout.write(`${target}: ${binary.length} bytes of WebAssembly\n`);
};

mkdirSync('src/generated', { recursive: true });
const { targets } = /** @type {{ targets: Record<string, object> }} */ (
  JSON.parse(readFileSync(config, 'utf8'))
);
for (const target of Object.keys(targets)) await build(target);
