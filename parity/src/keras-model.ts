/** `node dist/keras-model.js RUN`: prints the model of a run and the formulas by which keras/formulas.py builds it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, parseRunManifest } from '@dropout-lab/contracts';
import { modelSpecOf } from '@dropout-lab/model';
import { formulas } from './formulas.ts';

const [run] = process.argv.slice(2);
if (run === undefined) throw new ConfigError('keras-model: expected the folder of a run, received none');
const path = join(run, 'run.json');
const { config } = parseRunManifest(JSON.parse(readFileSync(path, 'utf8')), path);
process.stdout.write(`${JSON.stringify({ formulas, model: modelSpecOf(config) })}\n`);
