import { copyFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBackend } from '@dropout-lab/backend/node';
import { withExchangeFolder } from './exchange.ts';
import { fixtureFile, packagesFolder } from './fixture-file.ts';
import { fixtureRequest } from './fixture-request.ts';
import type { Family } from './formula.ts';
import { formulas } from './formulas.ts';
import { outputOf, preparePython, runScript } from './python.ts';

const python = await preparePython();

/** Makes Keras compute the cases of formulas.ts, and writes the fixtures of packages/training and packages/model. */
const makeCases = (): Promise<void> =>
  withExchangeFolder(async (folder) => {
    await startBackend('cpu');
    await folder.writeJson('request.json', fixtureRequest());
    await runScript(python, 'fixtures.py', [join(folder.path, 'request.json'), folder.path], {});
    for (const family of Object.keys(formulas) as Family[]) {
      copyFileSync(join(folder.path, `${family}.json`), fixtureFile(family));
    }
  });

/** Runs every `fixtures/make_reference.py`, or `make_..._reference.py`, that uses Keras; its output is the JSON file beside it. */
const runScriptsOfPackages = async (): Promise<void> => {
  const scripts = readdirSync(packagesFolder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /^[^/\\]+[/\\]fixtures[/\\]make_\w*reference\.py$/.test(path))
    .map((path) => join(packagesFolder, path))
    .filter((path) => readFileSync(path, 'utf8').includes('import keras'));
  for (const script of scripts) {
    process.stderr.write(`parity: ${script} …\n`);
    const stdout = await outputOf(python, script);
    writeFileSync(script.replace(/make_(\w*reference)\.py$/, '$1.json'), stdout);
  }
};

process.stderr.write('parity: the cases of formulas.ts …\n');
await makeCases();
await runScriptsOfPackages();
