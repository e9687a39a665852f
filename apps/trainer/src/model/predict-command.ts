import { DropoutLabError, type ImageDataset, type ImageShape } from '@dropout-lab/contracts';
import { createBatches, greyLevel } from '@dropout-lab/data';
import { softmax } from '@dropout-lab/metrics';
import { modelSpecOf } from '@dropout-lab/model';
import { createReplica, predictLogits } from '@dropout-lab/training';
import sharp from 'sharp';
import { figure } from '../command/format.ts';
import type { Reporter } from '../command/reporter.ts';
import { openTrainedModel, requireAnswers, type TrainedModelOptions } from './trained-model.ts';

const TOP = 3;

/** `dropout-lab predict`: the three likeliest classes of each image file, of any size. @returns The exit code. */
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
  const images = await Promise.all(files.map((file) => readImage(file, inputShape)));
  const dataset: ImageDataset = {
    images: Buffer.concat(images),
    labels: new Uint8Array(files.length),
    imageShape: inputShape,
    classNames,
  };
  const batches = createBatches(dataset, {
    batchSize: config.batchSize,
    dataFormat: config.model.dataFormat,
  });
  const { logits } = await predictLogits(createReplica(model), batches, { signal });
  model.dispose();
  requireAnswers(logits, path, options, (row) => files[row]!, classNames.length);

  const probabilities = softmax(logits, classNames.length);
  files.forEach((file, row) => {
    const classes = classNames
      .map((className, c) => ({ className, probability: probabilities[row * classNames.length + c]! }))
      .sort((a, b) => b.probability - a.probability)
      .slice(0, TOP);
    if (options.json) process.stdout.write(`${JSON.stringify({ file, classes })}\n`);
    else
      reporter.line(`${file}: ${classes.map((c) => `${c.className} ${figure(c.probability)}`).join(', ')}`);
  });
  return 0;
};

/** @throws DropoutLabError when no picture is what the model takes. */
const requirePictures = ([height, width, channels]: ImageShape): void => {
  if (channels === 1 || channels === 3) return;
  throw new DropoutLabError(
    `predict: expected a model of grey or colour images, of 1 or 3 channels, found one of ${height}x${width}x${channels}: evaluate it on the images that it was trained on`,
  );
};

/**
 * An image file's pixels of shape [height, width, channels], grey of one channel as Keras takes it: turned as its camera
 * says, its middle cut to the model's shape and scaled, transparency over white.
 *
 * @throws DropoutLabError when the file cannot be read as an image.
 */
const readImage = async (file: string, [height, width, channels]: ImageShape): Promise<Buffer> => {
  try {
    const colours = await sharp(file)
      .rotate()
      .flatten({ background: 'white' })
      .resize(width, height, { fit: 'cover' })
      .toColourspace('srgb')
      .raw()
      .toBuffer();
    return channels === 1 ? greysOf(colours) : colours;
  } catch (error) {
    throw new DropoutLabError(`${file}: expected a PNG or JPEG image: ${(error as Error).message}`, {
      cause: error,
    });
  }
};

const greysOf = (colours: Uint8Array): Buffer => {
  const greys = Buffer.alloc(colours.length / 3);
  for (let i = 0; i < greys.length; i++) {
    greys[i] = greyLevel(colours[3 * i]!, colours[3 * i + 1]!, colours[3 * i + 2]!);
  }
  return greys;
};
