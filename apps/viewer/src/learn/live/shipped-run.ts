import { parseWith } from '@dropout-lab/contracts';
import { checkpointFiles, decodeWeights, runFiles } from '@dropout-lab/runs';
import type { PlaygroundModel } from '../../shared/compute/built-model.ts';
import { DIGEST_FILE, digestSchema } from '../../shared/runs/catalogue.ts';
import { type Summary, summaryOf } from '../../shared/runs/summary.ts';

/** The runs that ship with the pages, whatever runs are shown. */
const SAMPLE = 'sample';

const fetchShipped = async (name: string, file: string): Promise<Response> => {
  const url = `${SAMPLE}/${name}/${file}`;
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}`);
  return response;
};

/** Loads a run that ships with the pages. */
export const loadShippedRun = async (name: string): Promise<Summary> =>
  summaryOf(parseWith(digestSchema, await (await fetchShipped(name, DIGEST_FILE)).json(), name));

/** Loads the model of lowest validation loss of a run that ships with the pages. */
export const loadShippedModel = async (name: string): Promise<PlaygroundModel> => {
  const where = `${runFiles.checkpoints}/best`;
  const [{ run }, model, weights] = await Promise.all([
    loadShippedRun(name),
    fetchShipped(name, `${where}/${checkpointFiles.model}`).then((response) => response.text()),
    fetchShipped(name, `${where}/${checkpointFiles.weights}`).then((response) => response.arrayBuffer()),
  ]);
  return {
    config: run.manifest.config,
    weights: decodeWeights({ 'model.json': model, 'weights.bin': new Uint8Array(weights) }, where),
  };
};
