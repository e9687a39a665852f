import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DropoutLabError } from '@dropout-lab/contracts';
import { preparePython } from './python.ts';

const packages = fileURLToPath(new URL('../../packages/', import.meta.url));

/** Every `fixtures/make_reference.py`, or `make_..._reference.py`, of a package that asks Keras; what it prints is the JSON file beside it. */
const scripts = readdirSync(packages, { recursive: true, encoding: 'utf8' })
  .filter((path) => /^[^/\\]+[/\\]fixtures[/\\]make_\w*reference\.py$/.test(path))
  .map((path) => join(packages, path))
  .filter((path) => readFileSync(path, 'utf8').includes('import keras'));

const python = await preparePython();
for (const script of scripts) {
  process.stderr.write(`parity: ${script} …\n`);
  const { status, stdout } = spawnSync(python, [script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) {
    throw new DropoutLabError(
      `parity: ${script}: expected exit code 0, found ${status}: the reason is above`,
    );
  }
  writeFileSync(script.replace(/make_(\w*reference)\.py$/, '$1.json'), stdout);
}
