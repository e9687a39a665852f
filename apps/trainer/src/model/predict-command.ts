import { DropoutLabError, type ImageDataset, type ImageShape } from '@dropout-lab/contracts';
import { createBatches } from '@dropout-lab/data';
import { modelSpecOf } from '@dropout-lab/model';
import { createReplica, predictLogits } from '@dropout-lab/training';
import { messageOf } from '../command/failure.ts';
import { formatMetric } from '../command/format.ts';
import type { Reporter } from '../command/reporter.ts';
import { checkpointOf, openTrainedModel, type TrainedModelOptions } from './open-trained-model.ts';
import { predictionsIn, requireAnswers } from './predictions.ts';
import { readPicture } from './read-picture.ts';

const TOP = 3;

/**
 * `dropout-lab predict`: the three most likely classes of each image file, of any size. One that cannot be read is named,
 * and does not keep the others from their answers.
 *
 * @returns The exit code.
 */
export const predictCommand = async (
  path: string,
  files: readonly string[],
  options: TrainedModelOptions & { readonly json?: true },
  reporter: Reporter,
  signal: AbortSignal,
): Promise<number> => {
  const { run, model } = await openTrainedModel(path, options);
  const { config, classNames } = run.manifest;
  const { inputShape } = modelSpecOf(config);
  requirePictures(inputShape);
  const { pictures, failures } = await readPictures(files, inputShape);
  for (const failure of failures) process.stderr.write(`${failure}\n`);
  const exitCode = failures.length > 0 ? 1 : 0;
  if (pictures.length === 0) return exitCode;
  const dataset: ImageDataset = {
    images: Buffer.concat(pictures.map(({ pixels }) => pixels)),
    labels: new Uint8Array(pictures.length),
    imageShape: inputShape,
    classNames,
  };
  const batches = createBatches(dataset, {
    batchSize: config.batchSize,
    dataFormat: config.model.dataFormat,
  });
  const { logits } = await predictLogits(createReplica(model), batches, { signal });
  model.dispose();
  requireAnswers(logits, checkpointOf(path, options), (row) => pictures[row]!.file, classNames.length);

  predictionsIn(logits, classNames).forEach((predictions, row) => {
    const [file, classes] = [pictures[row]!.file, predictions.slice(0, TOP)];
    if (options.json) process.stdout.write(`${JSON.stringify({ file, classes })}\n`);
    else
      reporter.line(
        `${file}: ${classes.map((c) => `${c.className} ${formatMetric(c.probability)}`).join(', ')}`,
      );
  });
  return exitCode;
};

/** The pictures that can be read, in the order of the files, and of the others the reasons. */
const readPictures = async (files: readonly string[], shape: ImageShape) => {
  const pictures: { readonly file: string; readonly pixels: Buffer }[] = [];
  const failures: string[] = [];
  for (const file of files) {
    try {
      pictures.push({ file, pixels: await readPicture(file, shape, file) });
    } catch (error) {
      if (!(error instanceof DropoutLabError)) throw error;
      failures.push(messageOf(error));
    }
  }
  return { pictures, failures };
};

/** @throws DropoutLabError when no picture is what the model takes. */
const requirePictures = ([height, width, channels]: ImageShape): void => {
  if (channels === 1 || channels === 3) return;
  throw new DropoutLabError(
    `predict: expected a model of grey or colour images, of 1 or 3 channels, found one of ${height}x${width}x${channels}: evaluate it on the images that it was trained on`,
  );
};
