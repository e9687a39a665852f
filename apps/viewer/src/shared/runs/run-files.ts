import { type CifarDescriptor, datasetLoaders, decodeCifar } from '@dropout-lab/cifar';
import {
  type CheckpointName,
  type DatasetName,
  type EvaluationReport,
  evaluationReportSchema,
  type ImageDataset,
  type NamedArray,
  type Predictions,
  parseWith,
  predictionsSchema,
} from '@dropout-lab/contracts';
import { checkpointFiles, decodeWeights, runFiles } from '@dropout-lab/runs';
import { type KernelLimit, kernelLimits } from '../compute/kernel-limits.ts';
import { imagesUrlOf } from '../source.ts';
import { fileUrl } from '../state.ts';

const fetchFile = async (url: string): Promise<Response> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response;
};

/** `evaluation.json` of a run, checked. */
export const loadEvaluation = async (name: string): Promise<EvaluationReport> =>
  parseWith(
    evaluationReportSchema,
    await (await fetchFile(fileUrl(name, runFiles.evaluation))).json(),
    runFiles.evaluation,
  );

/** `predictions.json` of a run, checked. */
export const loadPredictions = async (name: string): Promise<Predictions> =>
  parseWith(
    predictionsSchema,
    await (await fetchFile(fileUrl(name, runFiles.predictions))).json(),
    runFiles.predictions,
  );

/** A trained model as a checkpoint has it. */
export interface LoadedModel {
  readonly weights: readonly NamedArray[];
  /** What holds its kernels, by layer. */
  readonly limits: ReadonlyMap<string, KernelLimit>;
}

/** The model of a run's checkpoint. */
export const loadModel = async (name: string, checkpoint: CheckpointName): Promise<LoadedModel> => {
  const where = `${runFiles.checkpoints}/${checkpoint}`;
  const [model, weights] = await Promise.all([
    fetchFile(fileUrl(name, `${where}/${checkpointFiles.model}`)).then((response) => response.text()),
    fetchFile(fileUrl(name, `${where}/${checkpointFiles.weights}`)).then((response) =>
      response.arrayBuffer(),
    ),
  ]);
  return {
    weights: decodeWeights({ 'model.json': model, 'weights.bin': new Uint8Array(weights) }, where),
    limits: kernelLimits(JSON.parse(model)),
  };
};

/** The test images of a data set: drawn, or the official ones from beside the runs. */
export const loadTestImages = async (dataset: DatasetName): Promise<ImageDataset> => {
  const loader = datasetLoaders[dataset];
  return loader.kind === 'drawn' ? loader.draw().test : fetchTestImages(loader.files, imagesUrlOf(dataset));
};

const fetchTestImages = async (descriptor: CifarDescriptor, folder: string | null): Promise<ImageDataset> => {
  const files = descriptor.files.filter(({ split }) => split === 'test');
  return decodeCifar(
    descriptor,
    await Promise.all(
      files.map(async ({ name }) => ({
        name,
        bytes: new Uint8Array(await (await fetchFile(`${folder}/${name}`)).arrayBuffer()),
      })),
    ),
  );
};
