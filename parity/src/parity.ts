import { CIFAR10 } from '@dropout-lab/cifar';
import { loadCifar } from '@dropout-lab/cifar/node';
import { writeDocument } from './document.ts';
import { type ExperimentResult, runExperiment } from './experiment.ts';
import { selectExperiments } from './options.ts';
import { preparePython } from './python.ts';
import { brokenPromises, formatResults } from './report.ts';

const { experiments, isWhole } = selectExperiments(process.argv.slice(2));
const python = await preparePython();
const { train: images } = await loadCifar(CIFAR10);

const results: ExperimentResult[] = [];
for (const experiment of experiments) results.push(await runExperiment(experiment, images, python));

process.stdout.write(`${formatResults(results)}\n`);
if (isWhole) await writeDocument(results);

const broken = brokenPromises(results);
for (const one of broken) process.stderr.write(`parity: further from Keras than promised: ${one}\n`);
process.exitCode = broken.length > 0 ? 1 : 0;
