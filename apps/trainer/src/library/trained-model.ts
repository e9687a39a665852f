import {
  type CheckpointName,
  ConfigError,
  DropoutLabError,
  type EvaluationReport,
  type ImageDataset,
  type ImageFit,
  type ImageShape,
  type RunConfig,
} from '@dropout-lab/contracts';
import { createBatches } from '@dropout-lab/data';
import { evaluateImages, viewsOf } from '@dropout-lab/experiment';
import { buildModel, modelSpecOf, writeWeights } from '@dropout-lab/model';
import { decodeRun, type EpochRow, encodeRun, type RunContents, readHistory } from '@dropout-lab/runs';
import { createReplica, predictLogits } from '@dropout-lab/training';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { pictureFitOf } from '../model/picture-fit.ts';
import { type Prediction, predictionsIn, requireAnswers } from '../model/predictions.ts';
import { requireSameClasses, type TrainingData } from './datasets.ts';
import type { Backend, Platform } from './platform.ts';
import type { BackendStarter } from './start-backend.ts';

/** A trained model and the run that it comes from. */
export interface TrainedModel {
  /** The stock TensorFlow.js model, with its trained weights. */
  readonly model: LayersModel;
  /** Every setting of its training. */
  readonly config: RunConfig;
  /** In the order of the labels. */
  readonly classNames: readonly string[];
  /** An entry for each epoch: loss, accuracy, `val_loss`, `val_accuracy`, learning rate. */
  readonly history: readonly EpochRow[];
  /**
   * Returns loss, accuracy, calibration, confusion, and precision, recall and F1 by class, on test images, dropout off, with the
   * test-time augmentation of its configuration.
   *
   * @param data The test images. Without it, the result is that of the evaluation at the end of training.
   * @throws DropoutLabError when the run was stopped before it was evaluated, and no images are given.
   */
  evaluate(data?: Pick<TrainingData, 'test'>): Promise<EvaluationReport>;
  /**
   * Returns all classes with their probabilities, the most probable first.
   *
   * @param picture Pixels of the model's shape, uint8 [height, width, channels]; or an image file, by its content or by
   *   its path (in a browser its address), of any size: its middle is cut out and scaled.
   */
  predict(picture: Uint8Array | Blob | string): Promise<Prediction[]>;
  /**
   * Saves the run with its model, in the place of a run that is there.
   *
   * @param name In Node a folder, which the `dropout-lab` command takes too. In a browser a name, under which it is kept in
   *   the browser's database.
   */
  save(name: string): Promise<void>;
  /** Returns the files of its run directory, by path, to download or upload; `load` takes them. */
  files(): Promise<Record<string, string | Uint8Array>>;
  /** Frees the memory of the model's weights. */
  dispose(): void;
}

/** Options of `load`. */
export interface LoadOptions {
  /** `last` by default; `best` is the checkpoint with the best validation loss. */
  readonly checkpoint?: CheckpointName;
  /** By default the backend that runs already, or else the fastest one. */
  readonly backend?: Backend;
}

/** The `load` of a platform. */
export const loadOn =
  (platform: Platform, start: BackendStarter) =>
  async (
    saved: string | Readonly<Record<string, string | Uint8Array>>,
    { checkpoint = 'last', backend }: LoadOptions = {},
  ): Promise<TrainedModel> => {
    const run = typeof saved === 'string' ? await platform.load(saved) : await decodeRun(saved, 'load');
    await start(backend);
    return openTrained(run, { checkpoint, platform });
  };

/** @param test Images to evaluate it on, of a run that has not been evaluated. */
export const openTrained = (
  run: RunContents,
  {
    platform,
    checkpoint,
    test,
  }: { readonly platform: Platform; readonly checkpoint: CheckpointName; readonly test?: ImageDataset },
): TrainedModel => {
  const { config, classNames } = run.manifest;
  const found = run.checkpoints[checkpoint];
  if (found === undefined) {
    throw new DropoutLabError(
      `run ${run.manifest.id}: expected a checkpoint named ${checkpoint}, found ${Object.keys(run.checkpoints).join(', ') || 'none'}: load one that exists, or train again`,
    );
  }
  const spec = modelSpecOf(config);
  const model = buildModel(spec, config.seed);
  writeWeights(model, found.snapshot.weights);
  const replica = createReplica(model);
  const inOrder = { batchSize: config.batchSize, dataFormat: config.model.dataFormat };

  const evaluate = async (images: ImageDataset): Promise<EvaluationReport> => {
    requireSameClasses(images, classNames);
    const { logits, report } = await evaluateImages(replica, createBatches(images, inOrder), classNames, {
      views: viewsOf(config),
    });
    requireAnswers(logits, 'evaluate', (row) => `test image ${row}`, classNames.length);
    return report;
  };

  return {
    model,
    config,
    classNames,
    history: readHistory(run.events),
    evaluate: async (data) => {
      if (data) return evaluate(data.test);
      if (run.evaluation && checkpoint === 'last') return run.evaluation;
      if (test) return evaluate(test);
      throw new DropoutLabError(
        `evaluate: expected images, since checkpoint ${checkpoint} was not evaluated when training ended: give data, such as await cifar10()`,
      );
    },
    predict: async (picture) => {
      const pixels =
        picture instanceof Uint8Array
          ? picture
          : await readPicture(picture, spec.inputShape, pictureFitOf(config), platform);
      const size = spec.inputShape.reduce((product, length) => product * length, 1);
      if (pixels.length !== size) {
        throw new ConfigError(
          `predict: expected ${size} bytes, the pixels of an image of shape [${spec.inputShape}], received ${pixels.length}: give the content of an image file as a Blob`,
        );
      }
      const image = { images: pixels, labels: new Uint8Array(1), imageShape: spec.inputShape, classNames };
      const { logits } = await predictLogits(replica, createBatches(image, inOrder));
      requireAnswers(logits, 'predict', () => 'the picture', classNames.length);
      return predictionsIn(logits, classNames)[0]!;
    },
    save: (name) => platform.save(name, run),
    files: () => encodeRun(run),
    dispose: () => {
      replica.dispose();
      model.dispose();
    },
  };
};

const readPicture = (
  picture: unknown,
  shape: ImageShape,
  fit: ImageFit,
  platform: Platform,
): Promise<Uint8Array> => {
  if (typeof picture === 'string' || picture instanceof Blob)
    return platform.readPicture(picture, shape, fit);
  throw new ConfigError(
    `predict: expected a picture as bytes, a Blob or the path of a file, received ${picture === null ? 'null' : typeof picture}`,
  );
};
