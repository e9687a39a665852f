import { loadDataset } from '@dropout-lab/cifar/node';
import { type DatasetChoice, type ImageDataset, isOwnImages } from '@dropout-lab/contracts';
import { type ExperimentResult, runExperiment } from './comparison/experiment.ts';
import { selectExperiments } from './comparison/options.ts';
import { brokenPromises, formatResults, formatSummary } from './comparison/report.ts';
import { writeDocument } from './document.ts';
import { preparePython } from './python.ts';

const { experiments, isWhole } = selectExperiments(process.argv.slice(2));
const python = await preparePython();
const images = new Map<DatasetChoice, ImageDataset>();
const scenarios = experiments.flatMap((experiment) => experiment.scenarios);
for (const dataset of new Set(scenarios.map(({ config }) => config.dataset))) {
  if (!isOwnImages(dataset)) images.set(dataset, (await loadDataset(dataset)).train);
}

const results: ExperimentResult[] = [];
for (const experiment of experiments) results.push(await runExperiment(experiment, images, python));

process.stdout.write(`${formatSummary(results)}\n\n${formatResults(results)}\n`);
if (isWhole) await writeDocument(results);

const broken = brokenPromises(results);
for (const one of broken) process.stderr.write(`parity: differs from Keras by more than promised: ${one}\n`);
process.exitCode = broken.length > 0 ? 1 : 0;
