import { DropoutLabError } from '@dropout-lab/contracts';
import { createBatches } from '@dropout-lab/data';
import { csvOf } from '@dropout-lab/files';
import { modelSpecOf } from '@dropout-lab/model';
import { createReplica, predictLogits } from '@dropout-lab/training';
import { messageOf } from '../command/failure.ts';
import { formatMetric } from '../command/format.ts';
import { printable } from '../command/printable.ts';
import type { Reporter } from '../command/reporter.ts';
import { checkpointOf, openTrainedModel, type TrainedModelOptions } from './open-trained-model.ts';
import { pictureFilesOf } from './picture-files.ts';
import { pictureFitOf } from './picture-fit.ts';
import { type Prediction, predictionsIn, requireAnswers } from './predictions.ts';
import { readPicture } from './read-picture.ts';
import { requirePictureModel } from './require-picture-model.ts';

export interface PredictOptions extends TrainedModelOptions {
  readonly json?: true;
  readonly csv?: true;
  /** How many classes are given for each picture, the most probable first. */
  readonly top: number | 'all';
}

/** Exit codes: some pictures could not be read, or none. */
const SOME_FAILED = 1;
const ALL_FAILED = 2;

/**
 * `dropout-lab predict`: the most likely classes of image files of any size, and of those in folders. They are read,
 * predicted and answered batch by batch. One that cannot be read is named, and does not keep the others from their answers.
 *
 * @returns The exit code: 1 when some could not be read, 2 when none could.
 */
export const predictCommand = async (
  path: string,
  places: readonly string[],
  options: PredictOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const { run, model } = await openTrainedModel(path, options);
  const { config, classNames } = run.manifest;
  const { inputShape } = modelSpecOf(config);
  requirePictureModel(inputShape, 'predict', 'evaluate it on the images that it was trained on');
  const replica = createReplica(model);
  const table = tableOf(classNames, options);
  const { found: files, failures } = await each(places, async (place) => pictureFilesOf(place));
  let failed = failures;
  let answered = 0;

  const answer = async (pictures: readonly Picture[]): Promise<void> => {
    const dataset = {
      images: Buffer.concat(pictures.map(({ pixels }) => pixels)),
      labels: new Uint8Array(pictures.length),
      imageShape: inputShape,
      classNames,
    };
    const batches = createBatches(dataset, {
      batchSize: config.batchSize,
      dataFormat: config.model.dataFormat,
    });
    const { logits } = await predictLogits(replica, batches, { signal });
    requireAnswers(logits, checkpointOf(path, options), (row) => pictures[row]!.file, classNames.length);
    if (answered === 0) process.stdout.write(table.head);
    predictionsIn(logits, classNames).forEach((classes, row) => {
      process.stdout.write(table.rowOf(pictures[row]!.file, classes));
    });
    answered += pictures.length;
  };

  const all = files.flat();
  for (let start = 0; start < all.length; start += BATCH) {
    signal.throwIfAborted();
    if (start > 0) reporter.progress(`Picture ${start} of ${all.length}`);
    const { found: pictures, failures } = await each(all.slice(start, start + BATCH), async (file) => ({
      file,
      pixels: await readPicture(file, inputShape, file, pictureFitOf(config)),
    }));
    failed += failures;
    if (pictures.length > 0) await answer(pictures);
  }
  model.dispose();
  if (failed === 0) return 0;
  return answered > 0 ? SOME_FAILED : ALL_FAILED;
};

interface Picture {
  readonly file: string;
  readonly pixels: Uint8Array;
}

/** Pictures that are read at once: sharp decodes them on threads of its own. */
const BATCH = 32;

/** Returns what is made of each name, in their order, without those that are refused, whose reasons go to stderr. */
const each = async <Name, Found>(
  names: readonly Name[],
  make: (name: Name) => Promise<Found>,
): Promise<{ readonly found: readonly Found[]; readonly failures: number }> => {
  const outcomes = await Promise.allSettled(names.map(make));
  const found: Found[] = [];
  for (const outcome of outcomes) {
    if (outcome.status === 'fulfilled') found.push(outcome.value);
    else if (outcome.reason instanceof DropoutLabError)
      process.stderr.write(`${messageOf(outcome.reason)}\n`);
    else throw outcome.reason;
  }
  return { found, failures: names.length - found.length };
};

/** How answers are written. */
interface Table {
  readonly head: string;
  readonly rowOf: (file: string, classes: readonly Prediction[]) => string;
}

const tableOf = (classNames: readonly string[], { json, csv, top }: PredictOptions): Table => {
  const count = top === 'all' ? classNames.length : Math.min(top, classNames.length);
  if (csv) return top === 'all' ? csvOfAll(classNames) : csvOfTop(count);
  if (json) {
    const rowOf: Table['rowOf'] = (file, classes) =>
      `${JSON.stringify({ file, classes: classes.slice(0, count) })}\n`;
    return { head: '', rowOf };
  }
  const inWords = ({ className, probability }: Prediction) => `${className} ${formatMetric(probability)}`;
  return {
    head: '',
    rowOf: (file, classes) => `${printable(`${file}: ${classes.slice(0, count).map(inWords).join(', ')}`)}\n`,
  };
};

/** `file,label,probability,label_2,probability_2,…`: the most probable classes. */
const csvOfTop = (count: number): Table => ({
  head: csvOf([
    [
      'file',
      ...Array.from({ length: count }, (_, i) => (i === 0 ? '' : `_${i + 1}`)).flatMap((end) => [
        `label${end}`,
        `probability${end}`,
      ]),
    ],
  ]),
  rowOf: (file, classes) =>
    csvOf([
      [file, ...classes.slice(0, count).flatMap(({ className, probability }) => [className, probability])],
    ]),
});

/** `file,label,probability`, then the probability of each class under its name. */
const csvOfAll = (classNames: readonly string[]): Table => ({
  head: csvOf([['file', 'label', 'probability', ...classNames]]),
  rowOf: (file, classes) => {
    const byName = new Map(classes.map(({ className, probability }) => [className, probability]));
    const [{ className, probability }] = classes as [Prediction];
    return csvOf([[file, className, probability, ...classNames.map((name) => byName.get(name))]]);
  },
});
