import { CIFAR_DATASETS, decodeCifar } from '@dropout-lab/cifar';
import {
  type CheckpointName,
  type EvaluationReport,
  evaluationReportSchema,
  type ImageDataset,
  type NamedArray,
  type Predictions,
  parseWith,
  predictionsSchema,
} from '@dropout-lab/contracts';
import { checkpointFiles, decodeWeights, runFiles } from '@dropout-lab/runs';
import { imagesUrlOf } from './source.ts';
import { fileUrl } from './state.ts';

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

/** The weights of a run's checkpoint. */
export const loadWeights = async (name: string, checkpoint: CheckpointName): Promise<NamedArray[]> => {
  const where = `${runFiles.checkpoints}/${checkpoint}`;
  const [model, weights] = await Promise.all([
    fetchFile(fileUrl(name, `${where}/${checkpointFiles.model}`)).then((response) => response.text()),
    fetchFile(fileUrl(name, `${where}/${checkpointFiles.weights}`)).then((response) =>
      response.arrayBuffer(),
    ),
  ]);
  return decodeWeights({ 'model.json': model, 'weights.bin': new Uint8Array(weights) }, where);
};

/** The official test images of a data set, from beside the runs. */
export const loadTestImages = async (dataset: keyof typeof CIFAR_DATASETS): Promise<ImageDataset> => {
  const descriptor = CIFAR_DATASETS[dataset];
  const files = descriptor.files.filter(({ split }) => split === 'test');
  return decodeCifar(
    descriptor,
    await Promise.all(
      files.map(async ({ name }) => ({
        name,
        bytes: new Uint8Array(await (await fetchFile(`${imagesUrlOf(dataset)}/${name}`)).arrayBuffer()),
      })),
    ),
  );
};
