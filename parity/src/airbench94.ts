/**
 * `npm run airbench94 -w parity -- [STEPS]`: takes the first steps of the recipe `airbench94` here and in TensorFlow, where
 * keras/airbench94.py has it written out from its facts, with the same initial weights and augmented batches. Prints the
 * differences, beside those of TensorFlow in float32 and in float64, and ends with code 1 where ours are larger than rounding
 * explains.
 */
import { type BackendChoice, startBackend } from '@dropout-lab/backend/node';
import { loadDataset } from '@dropout-lab/cifar/node';
import { ConfigError, parseRunConfig, recipes } from '@dropout-lab/contracts';
import { prepareRunData } from '@dropout-lab/data';
import { evaluateImages, initializeRun, viewsOf } from '@dropout-lab/experiment';
import { threadReplicas } from '@dropout-lab/experiment/node';
import { buildModel, modelSpecOf, readWeights } from '@dropout-lab/model';
import { train } from '@dropout-lab/training';
import { markdownTable } from 'markdown-table';
import { withExchangeFolder } from './exchange.ts';
import { preparePython, runScript } from './python.ts';

/** Images whose patches the whitening filters are computed from, and those of them that all views are compared on. */
const [FIRST, VIEWS] = [5000, 100];

/** On wasm: what a batch of 1,024 needs does not fit into the memory of one. */
const THREADS = 2;

/** The most that the whitening filters may differ, and of all else the most times TensorFlow's own difference between precisions. */
const [WHITENING, TIMES] = [1e-6, 4];

const [stepsText = '6', name = 'wasm'] = process.argv.slice(2);
const backend = name as BackendChoice;
const steps = Number(stepsText);
if (!(Number.isInteger(steps) && steps > 0)) {
  throw new ConfigError(`airbench94: expected a whole number of steps above 0, received ${stepsText}`);
}

const python = await preparePython();
await startBackend(backend);
const config = parseRunConfig(recipes.airbench94.config);
const images = await loadDataset('cifar10');
const data = prepareRunData(images, config);
const model = buildModel(modelSpecOf(config), config.seed);
initializeRun(model, config, data);

const differences = await withExchangeFolder(async (folder) => {
  const initial = await readWeights(model);
  const { batchesPerEpoch } = data.train;
  const batches = await Promise.all(
    Array.from({ length: steps }, (_, step) =>
      data.train.batch(Math.floor(step / batchesPerEpoch), step % batchesPerEpoch),
    ),
  );
  const first = data.firstTrainImages(FIRST);
  await folder.writeArrays(
    'images.uint8',
    batches.map((batch) => batch.images as Uint8Array),
  );
  await folder.writeArrays(
    'labels.uint8',
    batches.map((batch) => Uint8Array.from(batch.labels)),
  );
  await folder.writeArrays('first.uint8', [first.images as Uint8Array]);
  await folder.writeArrays(
    'initial.float32',
    initial.map(({ values }) => values),
  );
  const weights = initial.map(({ name, shape }) => ({ name, shape }));
  await folder.writeJson('workload.json', { steps, firstImages: FIRST, views: VIEWS, weights });
  const computing = runScript(python, 'airbench94.py', [folder.path], {});

  const replica = await threadReplicas({ backend, config })(model, backend === 'wasm' ? THREADS : 1);
  const losses: number[] = [];
  const recorded: typeof replica = {
    ...replica,
    gradients: async (slice, position) => {
      const result = await replica.gradients(slice, position);
      losses.push(result.loss);
      return result;
    },
  };
  for await (const event of train({ model, config, train: data.train, replica: recorded })) {
    if (event.kind !== 'step') continue;
    process.stderr.write(`step ${event.step} of ${steps}: loss ${losses.at(-1)!.toFixed(5)}\n`);
    if (event.step === steps) break;
  }
  const ours = await readWeights(model);
  const batch = data.firstTrainImages(VIEWS);
  const views = await evaluateImages(
    replica,
    { ...data.test, size: VIEWS, batchSize: VIEWS, batchesPerEpoch: 1, batch: () => batch },
    data.classNames,
    { views: viewsOf(config) },
  );
  replica.dispose();
  await computing;
  await runScript(python, 'airbench94.py', [folder.path, '--float64'], {});
  const read = async (kind: '' | '64.') => {
    const { losses, whitening } = (await folder.readJson(`reference.${kind}json`)) as {
      losses: number[];
      whitening: number;
    };
    const values = await folder.readFloat32(`weights.${kind}float32`);
    return { losses, whitening, values, views: await folder.readFloat32(`views.${kind}float32`) };
  };
  const [single, double] = [await read(''), await read('64.')];
  const rows = [
    ['losses', losses, single.losses, double.losses] as const,
    ...ours.map(({ name, values }, i) => {
      const start = ours.slice(0, i).reduce((length, before) => length + before.values.length, 0);
      const part = (all: Float32Array) => all.subarray(start, start + values.length);
      return [name, values, part(single.values), part(double.values)] as const;
    }),
    ['logits of six views', views.logits, single.views, double.views] as const,
  ];
  return { whitening: single.whitening, rows };
});
model.dispose();

/** The largest difference, relative to the largest reference value. */
function largest(ours: ArrayLike<number>, reference: ArrayLike<number>): number {
  const scale = Array.from(reference).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return (
    Array.from(ours).reduce((most, value, i) => Math.max(most, Math.abs(value - reference[i]!)), 0) / scale
  );
}

const rows = differences.rows.map(([name, ours, single, double]) => {
  const [own, rounding] = [largest(ours, double), largest(single, double)];
  // Frozen weights have no rounding.
  if (own > TIMES * rounding + 1e-7) process.exitCode = 1;
  return [name, own.toExponential(1), rounding.toExponential(1)];
});
const table = markdownTable(
  [
    ['relative to the largest value', 'ours', 'TensorFlow'],
    ...rows,
    ['whitening filters and numpy', differences.whitening.toExponential(1), ''],
  ],
  { align: ['left', 'right', 'right'] },
);
process.stdout.write(`${table}\n`);
if (differences.whitening > WHITENING) process.exitCode = 1;
