import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeHardware } from '@dropout-lab/backend/node';
import { hardwareInWords } from '@dropout-lab/contracts';
import type { ExperimentResult } from './experiment.ts';
import { formatResults } from './report.ts';

const documentPath = fileURLToPath(new URL('../../docs/results/parity.md', import.meta.url));

/** What stands from here on is kept when the document is written again. */
const marker = '<!-- full-length -->';

/** Writes the section "Step by step" of docs/results/parity.md. */
export const writeDocument = async (results: readonly ExperimentResult[]): Promise<void> => {
  const before = existsSync(documentPath) ? readFileSync(documentPath, 'utf8') : '';
  const from = before.indexOf(marker);
  const kept = from < 0 ? `${marker}\n` : before.slice(from);
  await mkdir(dirname(documentPath), { recursive: true });
  await writeFile(
    documentPath,
    `${introduction}\n${provenance(results)}\n\n${explanation}\n\n${formatResults(results)}\n\n${kept}`,
  );
};

const introduction = `# Parity with Keras

## Step by step

Written by \`npm run parity\`. Keras and our trainer start from the same weights, go through the same batches
with the same dropout masks, and are compared at every step: loss, the norm of each weight's gradient, and the
weights themselves. Keras trains with its own layers, optimizers and constraints; only the masks are given to it.
`;

const explanation = `A cell is the largest difference, absolute and in brackets relative: of a loss or a norm to Keras's, of
a weight to the largest of its array. "Keras without oneDNN" is Keras against itself, the convolutions and products
summed in another order (\`TF_ENABLE_ONEDNN_OPTS=0\`): what float32 leaves undecided. Differences grow with the steps in
every row, since training feeds each rounding back; a row is as good as it can be when it is not above that one.`;

const provenance = (results: readonly ExperimentResult[]): string => {
  const versions = Object.assign(
    {},
    ...results.flatMap(({ kerasVersions, started }) => [
      kerasVersions,
      ...started.map((backend) => backend.versions),
    ]),
  ) as Record<string, string>;
  return [
    '| | |',
    '| --- | --- |',
    `| machine | ${hardwareInWords(describeHardware())} |`,
    `| versions | ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')} |`,
    `| commit | ${describeCommit()} |`,
    '| command | `npm run parity` |',
  ].join('\n');
};

const describeCommit = (): string => {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { encoding: 'utf8' }).trim();
  } catch {
    return 'not in a checkout';
  }
};
