import { join } from 'node:path';
import { type CheckpointName, ConfigError, DropoutLabError } from '@dropout-lab/contracts';
import { encodeKerasWeights } from '@dropout-lab/interchange';
import { modelSpecOf } from '@dropout-lab/model';
import { openRunDirectory } from '@dropout-lab/runs/node';
import writeFileAtomic from 'write-file-atomic';
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
  const file = Buffer.from(await encodeKerasWeights(weights, modelSpecOf(run.manifest.config)));
  try {
    await writeFileAtomic(output, file);
  } catch (cause) {
    throw new DropoutLabError(`--output ${output}: cannot be written: ${(cause as Error).message}`, {
      cause,
    });
  }
  reporter.line(`Wrote ${output}: in Keras 3, model.load_weights reads it into a model of the same layers`);
  return 0;
};
