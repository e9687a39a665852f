import {
  type CheckpointName,
  type EvaluationReport,
  evaluationReportSchema,
  type NamedArray,
  type Predictions,
  parseWith,
  predictionsSchema,
} from '@dropout-lab/contracts';
import { checkpointFiles, decodeWeights, runFiles } from '@dropout-lab/runs';
import { type KernelLimit, kernelLimits } from '../compute/kernel-limits.ts';
import { fileUrl } from '../source.ts';

const fetchFile = async (url: string): Promise<Response> => {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response;
};

/** Loads and checks `evaluation.json` of a run. */
export const loadEvaluation = async (name: string): Promise<EvaluationReport> =>
  parseWith(
    evaluationReportSchema,
    await (await fetchFile(fileUrl(name, runFiles.evaluation))).json(),
    runFiles.evaluation,
  );

/** Loads and checks `predictions.json` of a run. */
export const loadPredictions = async (name: string): Promise<Predictions> =>
  parseWith(
    predictionsSchema,
    await (await fetchFile(fileUrl(name, runFiles.predictions))).json(),
    runFiles.predictions,
  );

/** A trained model of a checkpoint. */
export interface LoadedModel {
  readonly weights: readonly NamedArray[];
  /** The limits of its kernels' norms, by layer. */
  readonly limits: ReadonlyMap<string, KernelLimit>;
}

/** Loads the model of a run's checkpoint. */
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
