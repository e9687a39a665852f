/**
 * Compares the measured numbers in documents with the files in the repository that they come from.
 *
 *     npm run docs:figures
 *
 * fails where text and file differ, and lists the numbers whose source is in no file; with `-- --write` it puts the
 * files' numbers into the text. A test compares, too.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { argv, stdout } from 'node:process';
import { fileURLToPath } from 'node:url';
import { mean, median, standardDeviation } from '@dropout-lab/metrics';
import { shippedStudies, spreadOf } from '@dropout-lab/study';
import { repository } from './spawn-turbo.mjs';

/** @param {string} path */
const read = (path) => readFileSync(`${repository}/${path}`, 'utf8');

/** Returns the rows of a CSV file, by the names of its columns. @param {string} path @returns {Record<string, string>[]} */
const table = (path) => {
  const [header = '', ...lines] = read(path).trim().split(/\r?\n/);
  const names = header.split(',');
  return lines.map((line) => Object.fromEntries(line.split(',').map((cell, i) => [names[i], cell])));
};

const RUN = 'docs/results/reproducible/tutorial/history.csv';
const EVALUATION = 'docs/results/tutorial-run/evaluation.json';
const TUTORIAL = 'docs/results/tutorial/metrics.csv';
const SEEDS = 'docs/results/tutorial-seeds/metrics.csv';
const SPEED = 'docs/results/speed.md';
const STUDY = 'packages/study/studies/tutorial.ts';
const KERAS = 'docs/results/tutorial-keras';

/**
 * A number of a file, and the file.
 *
 * @typedef {{ readonly from: string, readonly value: number }} Source
 */

const history = table(RUN);
/** @param {string} column @param {number} epoch From 1. @returns {Source} */
const atEpoch = (column, epoch) => ({ from: RUN, value: Number(history[epoch - 1]?.[column]) });
/** @param {string} column @returns {Source} */
const last = (column) => atEpoch(column, history.length);
/** @param {string} column @param {(...values: number[]) => number} pick @returns {Source & { epoch: Source }} */
const extreme = (column, pick) => {
  const values = history.map((row) => Number(row[column]));
  const value = pick(...values);
  return { from: RUN, value, epoch: { from: RUN, value: values.indexOf(value) + 1 } };
};
/** The mean of the last epochs. @param {string} column @param {number} count @returns {Source} */
const meanOfLast = (column, count) => {
  const values = history.slice(-count).map((row) => Number(row[column]));
  return { from: RUN, value: mean(values) };
};
/** @type {Record<string, number>} */
const evaluation = JSON.parse(read(EVALUATION));
/** @param {string} key @returns {Source} */
const tested = (key) => ({ from: EVALUATION, value: Number(evaluation[key]) });

/** A metric of the test images that runs of recipes end at. @param {string[]} runs Folders. @param {string} key @returns {Source[]} */
const testedIn = (runs, key) =>
  runs.map((run) => {
    const from = `docs/results/${run}/evaluation.json`;
    return { from, value: Number(JSON.parse(read(from))[key]) };
  });
const AIRBENCH = ['native-seed-0', 'native-seed-1', 'wasm-seed-0'].map((run) => `airbench94/${run}`);
/** The mean test accuracy of runs. @param {string[]} runs @returns {Source} */
const meanAccuracy = (runs) => {
  const found = testedIn(runs, 'accuracy');
  return { from: found[0]?.from ?? '', value: mean(found.map(({ value }) => value)) };
};
/** @param {Source} source @returns {Source} */
const inPercent = ({ from, value }) => ({ from, value: 100 * value });

/** A metric of an arm, by seed. @param {string} file @param {string} arm @param {string} metric */
const ofSeeds = (file, arm, metric) =>
  table(file)
    .filter((row) => row['arm'] === arm && row[metric] !== '')
    .map((row) => Number(row[metric]));
/** A metric of an arm, the mean over its seeds. @param {string} file @param {string} arm @param {string} metric @returns {Source} */
const ofArm = (file, arm, metric) => ({ from: file, value: mean(ofSeeds(file, arm, metric)) });
/** The median of a metric of an arm over its seeds: of epochs, where a mean would be one that no run has. @param {string} arm @param {string} metric @returns {Source} */
const medianOfArm = (arm, metric) => ({ from: TUTORIAL, value: median(ofSeeds(TUTORIAL, arm, metric)) });
/** The difference of two. @param {Source} first @param {Source} second @returns {Source} */
const minus = (first, second) => ({ from: first.from, value: first.value - second.value });

/** Returns what was published, in the order of the study's file. @param {string} arm @param {'val_accuracy' | 'val_loss'} metric @returns {Source[]} */
const published = (arm, metric) => {
  const [plots] = [shippedStudies.find(({ name }) => name === 'tutorial')?.reference ?? []].flat();
  return (plots?.arms[arm]?.[metric] ?? []).map((value) => ({ from: STUDY, value }));
};
/** @param {Source[]} sources @returns {Source} */
const meanOf = (sources) => ({ from: STUDY, value: mean(sources.map(({ value }) => value)) });

/**
 * The metrics that Keras's runs of an arm end at, by seed.
 *
 * @param {string} arm @param {'accuracy' | 'loss' | 'val_accuracy' | 'val_loss' | 'test_accuracy' | 'test_loss'} metric @returns {Source[]}
 */
export const ofKeras = (arm, metric) =>
  [0, 1, 2, 3, 4, 5].map((seed) => {
    const from = `${KERAS}/${arm}-${seed}.json`;
    const { history: epochs, test } = JSON.parse(read(from));
    const [, ofTest] = /^test_(.*)/.exec(metric) ?? [];
    return { from, value: ofTest === undefined ? epochs[metric].at(-1) : test[ofTest] };
  });
/** Mean and standard deviation of values. @param {Source[]} sources @returns {Source[]} */
const spreadOfMany = (sources) => {
  const values = sources.map(({ value }) => value);
  return [mean(values), standardDeviation(values)].map((value) => ({ from: KERAS, value }));
};
/** The least and the greatest of values. @param {Source[]} sources @returns {Source[]} */
const endsOf = (sources) => {
  const values = sources.map(({ value }) => value);
  return [Math.min(...values), Math.max(...values)].map((value) => ({ from: KERAS, value }));
};

/** Each number of Keras's runs that a file of ours has. @type {readonly Claim[]} */
const kerasClaims = [
  ...Object.entries({
    dropout: 'dropout',
    'no-dropout': 'no dropout',
    'no-max-norm': 'no max-norm',
    sgd: 'SGD instead of Adam',
  }).flatMap(([arm, title]) => {
    const [accuracy, loss, test] = /** @type {const} */ (['val_accuracy', 'val_loss', 'test_accuracy']).map(
      (metric) => ofKeras(arm, metric),
    );
    const plots = published(arm, 'val_accuracy')
      .map(() => '{3}')
      .join(' / ');
    return [
      {
        document: `${KERAS}/README.md`,
        text: `| ${title} | {4} ± {4} | {4} to {4} | ${plots} | {3} ± {3} |`,
        sources: [
          ...spreadOfMany(/** @type {Source[]} */ (accuracy)),
          ...endsOf(/** @type {Source[]} */ (accuracy)),
          ...published(arm, 'val_accuracy'),
          ...spreadOfMany(/** @type {Source[]} */ (loss)),
        ],
      },
      {
        document: `${KERAS}/README.md`,
        text: `| ${published(arm, 'val_loss')
          .map(({ value }) => value)
          .join(' / ')} | {4} ± {4} |`,
        sources: spreadOfMany(/** @type {Source[]} */ (test)),
      },
    ];
  }),
  {
    document: 'docs/results/tutorial/NOTES.md',
    text: '[Six runs of Keras 3.15](../tutorial-keras/README.md) end at {3} to {3},',
    sources: endsOf(ofKeras('dropout', 'val_accuracy')),
  },
];

/**
 * The shares that a way to train takes of the times of Keras and of stock TensorFlow.js, on each machine of speed.md, which
 * `npm run bench:keras` writes.
 *
 * @param {string} row @returns {Source[]}
 */
const shares = (row) =>
  ['AMD EPYC', 'Intel(R) Xeon(R) Processor'].flatMap((processor) => {
    const [, section] = read(SPEED).split(`## ${processor}\n`);
    const cells = section
      ?.split('\n')
      .find((text) => text.startsWith(`| ${row} `))
      ?.split('|');
    return [4, 5].map((column) => ({ from: SPEED, value: Number.parseFloat(cells?.[column] ?? '') }));
  });

/** How far apart the runs of a setting are. @param {string} file */
const spreadOfSeeds = (file) =>
  spreadOf(['dropout', 'no-dropout', 'no-max-norm', 'sgd'].map((arm) => ofSeeds(file, arm, 'test_accuracy')));
const spread = spreadOfSeeds(SEEDS);
/** @param {string} file @returns {Source} */
const spreadInPoints = (file) => ({
  from: file,
  value: 100 * (spreadOfSeeds(file)?.difference ?? Number.NaN),
});

/** The folder of a report's charts is named by their content. */
const charts = readdirSync(`${repository}/docs/results/tutorial/charts`)[0] ?? '';

/**
 * A passage of a document, with `{}` in the place of each number (`{2}`: to two digits), and where the numbers come from.
 * It must be there exactly once.
 *
 * @typedef {{ readonly document: string, readonly text: string, readonly sources: readonly (Source | string)[] }} Claim
 */

const bestAccuracy = extreme('val_accuracy', Math.max);
const lowestLoss = extreme('val_loss', Math.min);
const [dropoutPublished, lossPublished] = [
  published('dropout', 'val_accuracy'),
  published('dropout', 'val_loss'),
];

/**
 * Our run's last epoch beside Keras's runs, and beside the plots where they have it.
 *
 * @param {string} document @param {string} text @param {'accuracy' | 'loss' | 'val_accuracy' | 'val_loss'} metric
 * @param {readonly Source[]} [plots] @returns {Claim}
 */
const besideKeras = (document, text, metric, plots = []) => ({
  document,
  text,
  sources: [
    { from: RUN, value: history.length },
    last(metric),
    ...spreadOfMany(ofKeras('dropout', metric)),
    ...plots,
  ],
});

/** @type {readonly Claim[]} */
export const claims = [
  ...kerasClaims,
  {
    document: 'README.md',
    text: 'a test accuracy of {3}, at a validation accuracy of {3} (best {3}), where [six runs of Keras](docs/results/tutorial-keras/README.md) end at {3} to {3} |',
    sources: [
      tested('accuracy'),
      last('val_accuracy'),
      bestAccuracy,
      ...endsOf(ofKeras('dropout', 'val_accuracy')),
    ],
  },
  {
    document: 'README.md',
    text: '{2} of the time that Keras takes on the same machine and {2} of that of stock tfjs-node (AMD EPYC), {2} and {2} (Intel Xeon)',
    sources: shares('dropout-lab, wasm'),
  },
  {
    document: 'README.md',
    text: 'the same on native TensorFlow | {2} and {2} (AMD EPYC), {2} and {2} (Intel Xeon) |',
    sources: shares('dropout-lab, tfjs-node'),
  },
  {
    document: 'README.md',
    text: '[{1}%](docs/results/airbench94/README.md), the mean of three runs,',
    sources: [inPercent(meanAccuracy(AIRBENCH))],
  },
  {
    document: 'README.md',
    text: '[{1}%](docs/results/fast90/README.md) in',
    sources: [inPercent(meanAccuracy(['fast90']))],
  },
  ...['docs/results/airbench94/README.md', 'docs/recipes.md'].map((document) => ({
    document,
    text: document.includes('results')
      ? 'Their mean test accuracy is {4};'
      : '[{4}](results/airbench94/README.md), the mean of three runs',
    sources: [meanAccuracy(AIRBENCH)],
  })),
  {
    document: 'docs/results/airbench94/README.md',
    text: '| test accuracy, six views of each image | **{4}** | **{4}** | {4} |',
    sources: testedIn(AIRBENCH, 'accuracy'),
  },
  {
    document: 'docs/results/airbench94/README.md',
    text: '| test loss | {4} | {4} | {4} |',
    sources: testedIn(AIRBENCH, 'loss'),
  },
  {
    document: 'docs/results/fast90/README.md',
    text: '| test accuracy, six views of each image | **{4}** |\n| test loss | {4} |',
    sources: ['accuracy', 'loss'].flatMap((key) => testedIn(['fast90'], key)),
  },
  {
    document: 'README.md',
    text: 'trained with it, {1}% of 10,000 test images are right, without it {1}%',
    sources: ['dropout', 'no-dropout'].map((arm) => {
      const { from, value } = ofArm(TUTORIAL, arm, 'test_accuracy');
      return { from, value: 100 * value };
    }),
  },
  {
    document: 'README.md',
    text: 'the network overfits from epoch {0} on',
    sources: [medianOfArm('no-dropout', 'onset_epoch')],
  },
  {
    document: 'README.md',
    text: 'validation loss without dropout rises from {2} at epoch {0} to {2}',
    sources: [
      ofArm(TUTORIAL, 'no-dropout', 'best_val_loss'),
      medianOfArm('no-dropout', 'lowest_loss_epoch'),
      ofArm(TUTORIAL, 'no-dropout', 'val_loss'),
    ],
  },
  {
    document: 'README.md',
    text: 'srcset="docs/results/tutorial/charts/{}/loss-dropout-and-no-dropout-dark.svg"',
    sources: [charts],
  },
  {
    document: 'README.md',
    text: 'src="docs/results/tutorial/charts/{}/loss-dropout-and-no-dropout-light.svg"',
    sources: [charts],
  },
  {
    document: 'docs/tutorial.md',
    text: 'The whole run reaches a validation accuracy of about {2}.',
    sources: [meanOfLast('val_accuracy', 15)],
  },
  besideKeras(
    'docs/tutorial.md',
    '| validation accuracy, epoch {0} | {4} | {4} ± {4} | {3} / {3} / {3} |',
    'val_accuracy',
    dropoutPublished,
  ),
  besideKeras(
    'docs/tutorial.md',
    '| validation loss, epoch {0} | {4} | {3} ± {3} | {2} / {2} / {2} |',
    'val_loss',
    lossPublished,
  ),
  {
    document: 'docs/tutorial.md',
    text: '| test accuracy | {4} | {4} ± {4} | |',
    sources: [tested('accuracy'), ...spreadOfMany(ofKeras('dropout', 'test_accuracy'))],
  },
  {
    document: 'docs/tutorial.md',
    text: '| as above | {3} to {3} | {2} to {2} |',
    sources: [
      /** @type {Source} */ (dropoutPublished[0]),
      /** @type {Source} */ (dropoutPublished[2]),
      /** @type {Source} */ (lossPublished[1]),
      /** @type {Source} */ (lossPublished[0]),
    ],
  },
  {
    document: 'docs/tutorial.md',
    text: '| no dropout | {3} | {2}, lowest 0.92',
    sources: [...published('no-dropout', 'val_accuracy'), ...published('no-dropout', 'val_loss')],
  },
  {
    document: 'docs/tutorial.md',
    text: '| no max-norm | {3} | {2}, rising from 0.77',
    sources: [...published('no-max-norm', 'val_accuracy'), ...published('no-max-norm', 'val_loss')],
  },
  {
    document: 'docs/tutorial.md',
    text: '| SGD instead of Adam | {3} | {3} |',
    sources: [...published('sgd', 'val_accuracy'), ...published('sgd', 'val_loss')],
  },
  {
    document: 'docs/tutorial.md',
    text: 'the seed alone moves the accuracy by about {1} points',
    sources: [spreadInPoints(TUTORIAL)],
  },
  {
    document: 'docs/how-to/share-a-report.md',
    text: 'the seed alone moves the accuracy by about {1} points',
    sources: [spreadInPoints(SEEDS)],
  },
  besideKeras(
    'docs/results/tutorial-run/README.md',
    '| validation accuracy, epoch {0} | {4} | {4} ± {4} | {3} / {3} / {3} |',
    'val_accuracy',
    dropoutPublished,
  ),
  besideKeras(
    'docs/results/tutorial-run/README.md',
    '| validation loss, epoch {0} | {4} | {4} ± {4} | {2} / {2} / {2} |',
    'val_loss',
    lossPublished,
  ),
  besideKeras(
    'docs/results/tutorial-run/README.md',
    '| training accuracy, epoch {0} | {4} | {4} ± {4} |',
    'accuracy',
  ),
  besideKeras(
    'docs/results/tutorial-run/README.md',
    '| training loss, epoch {0} | {4} | {4} ± {4} |',
    'loss',
  ),
  {
    document: 'docs/results/tutorial-run/README.md',
    text: '| test accuracy | {4} | {4} ± {4} |',
    sources: [tested('accuracy'), ...spreadOfMany(ofKeras('dropout', 'test_accuracy'))],
  },
  {
    document: 'docs/results/tutorial-run/README.md',
    text: '| test loss | {4} | {4} ± {4} |',
    sources: [tested('loss'), ...spreadOfMany(ofKeras('dropout', 'test_loss'))],
  },
  {
    document: 'docs/results/tutorial-run/README.md',
    text: 'Its best validation accuracy is {4} (epoch {0}), its lowest validation loss {4} (epoch {0}).',
    sources: [bestAccuracy, bestAccuracy.epoch, lowestLoss, lowestLoss.epoch],
  },
  {
    document: 'docs/results/tutorial/NOTES.md',
    text: '{3} against {3}, and its validation loss turns near the same epoch (lowest {3}, at epoch {0} by the median;',
    sources: [
      ofArm(TUTORIAL, 'no-dropout', 'val_accuracy'),
      ...published('no-dropout', 'val_accuracy'),
      ofArm(TUTORIAL, 'no-dropout', 'best_val_loss'),
      medianOfArm('no-dropout', 'lowest_loss_epoch'),
    ],
  },
  {
    document: 'docs/results/tutorial/NOTES.md',
    text: 'climbs as high ({2} at the last epoch; there {2})',
    sources: [ofArm(TUTORIAL, 'no-dropout', 'val_loss'), ...published('no-dropout', 'val_loss')],
  },
  {
    document: 'docs/results/tutorial/NOTES.md',
    text: "the mean of the tutorial's three runs: {3} against {3}",
    sources: [ofArm(TUTORIAL, 'dropout', 'val_accuracy'), meanOf(dropoutPublished)],
  },
  {
    document: 'docs/results/tutorial/NOTES.md',
    text: 'here it is lowest at epoch {0} (median), and ends {3} above that',
    sources: [
      medianOfArm('dropout', 'lowest_loss_epoch'),
      minus(ofArm(TUTORIAL, 'dropout', 'val_loss'), ofArm(TUTORIAL, 'dropout', 'best_val_loss')),
    ],
  },
  {
    document: 'docs/results/tutorial/NOTES.md',
    text: 'validation loss rises from {3} to {3} (there from .77 to {2}), at an accuracy of {3} ({3})',
    sources: [
      ofArm(TUTORIAL, 'no-max-norm', 'best_val_loss'),
      ofArm(TUTORIAL, 'no-max-norm', 'val_loss'),
      ...published('no-max-norm', 'val_loss'),
      ofArm(TUTORIAL, 'no-max-norm', 'val_accuracy'),
      ...published('no-max-norm', 'val_accuracy'),
    ],
  },
  {
    document: 'docs/results/tutorial/NOTES.md',
    text: "SGD is as the tutorial's: {3} against {2}, and its validation loss is still falling at the last epoch ({3})",
    sources: [
      ofArm(TUTORIAL, 'sgd', 'val_accuracy'),
      ...published('sgd', 'val_accuracy'),
      ofArm(TUTORIAL, 'sgd', 'val_loss'),
    ],
  },
  {
    document: 'docs/results/tutorial-seeds/NOTES.md',
    text: 'the gap between training and validation is {0} point with dropout and {0} without',
    sources: ['dropout', 'no-dropout'].map((arm) => {
      const { from, value } = ofArm(SEEDS, arm, 'generalization_gap');
      return { from, value: 100 * value };
    }),
  },
  {
    document: 'docs/results/tutorial-seeds/NOTES.md',
    text: 'shows: {1} points of validation accuracy.',
    sources: [
      (({ from, value }) => ({ from, value: 100 * value }))(
        minus(ofArm(TUTORIAL, 'dropout', 'val_accuracy'), ofArm(TUTORIAL, 'no-dropout', 'val_accuracy')),
      ),
    ],
  },
  {
    document: 'packages/study/src/analysis/seed-spread.ts',
    text: '  difference: {3},\n  pairs: {0},',
    sources: [
      { from: SEEDS, value: spread?.difference ?? Number.NaN },
      { from: SEEDS, value: spread?.pairs ?? Number.NaN },
    ],
  },
];

/** Measured numbers whose source is in no file of the repository: a measurement that leaves one would let them be compared. */
export const withoutSource = [
  ['docs/results/airbench94/README.md, docs/results/fast90/README.md', 'minutes and seconds a step'],
  ['README.md', 'a minute of train:quick'],
  ['docs/how-to/export.md', "a run's loss and accuracy in Keras"],
  [
    'docs/tutorial.md, docs/results/tutorial/NOTES.md',
    "what the tutorial's plots show besides the last epoch",
  ],
  ['docs/recipes.md', 'minutes, the accuracy of quick, and the table of airbench94'],
  ['docs/how-to/uncertainty.md', 'the output of the example'],
  ['docs/results/tutorial-seeds/NOTES.md', 'norms of units at the limit of max-norm'],
  ['docs/results/parity.md', 'written by npm run parity, without a file of its numbers'],
  ['docs/results/speed.md', 'written by npm run bench:keras, without a file of its numbers'],
  ['docs/results/memory.md', 'written by npm run bench:memory, without a file of its numbers'],
  [
    'docs/results/webgpu.md, docs/native-backend.md',
    'written by npm run bench:webgpu, without a file of its numbers',
  ],
];

const PLACE = /\{(\d?)\}/g;

/** @param {string} text */
const escaped = (text) => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * Returns where a claim stands in its document, and what should stand there.
 *
 * @param {Claim} claim
 * @param {string} document Its text.
 * @returns {{ readonly found: string, readonly expected: string }}
 * @throws An Error where the passage is not there exactly once, or a source has no such number.
 */
export const findClaim = ({ document: name, text, sources }, document) => {
  const parts = text.split(PLACE);
  const placeOf = (/** @type {string} */ digits) => (digits === '' ? '[\\w-]+' : '(?:\\d*\\.\\d+|\\d+)');
  const pattern = parts.map((part, i) => (i % 2 === 0 ? escaped(part) : placeOf(part))).join('');
  const found = [...document.matchAll(new RegExp(pattern, 'g'))].map(([whole]) => whole);
  if (found.length !== 1) {
    throw new Error(
      `${name}: expected “${text}” once, found it ${found.length} times: change the text in scripts/measured-numbers.mjs too`,
    );
  }
  const expected = parts.map((part, i) => {
    if (i % 2 === 0) return part;
    const source = sources[(i - 1) / 2];
    if (typeof source === 'string') return source;
    if (source === undefined || !Number.isFinite(source.value))
      throw new Error(`${name}: “${text}”: expected a number in ${source?.from ?? 'a file'}, found none`);
    return source.value.toFixed(Number(part));
  });
  return { found: found[0] ?? '', expected: expected.join('') };
};

if (argv[1] === fileURLToPath(import.meta.url)) {
  const isWriting = argv.includes('--write');
  let differences = 0;
  for (const claim of claims) {
    const text = read(claim.document);
    const { found, expected } = findClaim(claim, text);
    if (found === expected) continue;
    differences++;
    const from = [
      ...new Set(claim.sources.map((source) => (typeof source === 'string' ? 'charts' : source.from))),
    ];
    stdout.write(`${claim.document}: found “${found}”, expected “${expected}”, by ${from.join(', ')}\n`);
    if (isWriting)
      writeFileSync(
        `${repository}/${claim.document}`,
        text.replace(found, () => expected),
      );
  }
  const numbers = claims.reduce((sum, { sources }) => sum + sources.length, 0);
  stdout.write(
    `${numbers} numbers in ${claims.length} passages, ${differences} ${isWriting ? 'written' : 'different'}.\n`,
  );
  stdout.write('Without a file that they could be compared with:\n');
  for (const [documents, what] of withoutSource) stdout.write(`- ${documents}: ${what}\n`);
  if (differences > 0 && !isWriting) {
    stdout.write('Run npm run docs:figures -- --write to put the numbers of the files into the text.\n');
    process.exitCode = 1;
  }
}
