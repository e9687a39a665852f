import { join } from 'node:path';
import { type CheckpointName, ConfigError, DropoutLabError } from '@dropout-lab/contracts';
import { systemErrorSentence, writeDurably } from '@dropout-lab/files/node';
import { encodeKerasWeights } from '@dropout-lab/interchange';
import { modelSpecOf } from '@dropout-lab/model';
import { openRunDirectory } from '@dropout-lab/runs/node';
import type { Reporter } from '../command/reporter.ts';

export interface ExportOptions {
  readonly checkpoint: CheckpointName;
  readonly output?: string;
}

/** Keras takes a file of any other name for one of an older format. */
const SUFFIX = '.weights.h5';

/** `dropout-lab export`: a run's weights as a file that Keras 3 loads. @returns The exit code. */
export const exportCommand = async (
  path: string,
  { checkpoint, output = join(path, `${checkpoint}${SUFFIX}`) }: ExportOptions,
  reporter: Reporter,
): Promise<number> => {
  if (!output.endsWith(SUFFIX)) {
    throw new ConfigError(`--output: expected a name that ends in ${SUFFIX}, received ${output}`);
  }
  const run = await openRunDirectory(path);
  const { weights } = (await run.loadCheckpoint(checkpoint)).snapshot;
  const bytes = await encodeKerasWeights(weights, modelSpecOf(run.manifest.config));
  try {
    writeDurably(output, bytes);
  } catch (cause) {
    throw new DropoutLabError(
      systemErrorSentence(cause, `--output ${output}`, 'to write a file', 'choose another place'),
      { cause },
    );
  }
  reporter.line(`Wrote ${output}: in Keras 3, model.load_weights reads it into a model of the same layers`);
  return 0;
};
