import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeHardware } from '@dropout-lab/backend/node';
import { hardwareInWords } from '@dropout-lab/contracts';
import { describeCommit } from '../../scripts/describe-commit.mjs';
import type { ExperimentResult } from './comparison/experiment.ts';
import { formatResults, formatSummary } from './comparison/report.ts';

const documentPath = fileURLToPath(new URL('../../docs/results/parity.md', import.meta.url));

/** The part of the document from here on is kept when the document is written again. */
const marker = '<!-- full-length -->';

/** Writes docs/results/parity.md, but for its section of the full length. */
export const writeDocument = async (results: readonly ExperimentResult[]): Promise<void> => {
  const before = existsSync(documentPath) ? readFileSync(documentPath, 'utf8') : '';
  const from = before.indexOf(marker);
  const kept = from < 0 ? `${marker}\n` : before.slice(from);
  await mkdir(dirname(documentPath), { recursive: true });
  await writeFile(
    documentPath,
    `${introduction}\n${formatSummary(results)}\n\n${explanation}\n\n${await provenance(results)}\n\n## Scenario by scenario\n\n${formatResults(results)}\n\n${kept}`,
  );
};

const introduction = `# Parity with Keras

Written by \`npm run parity\`. Keras and dropout-lab start from the same weights and train on the same batches with the
same dropout masks. The tables compare every step: the loss, the norm of each weight's gradient, and the weights
themselves. Keras trains with its own layers, optimizers and constraints; only the masks are given to it. First the largest
differences of any scenario, and those of Keras from itself, which are the yardstick:
`;

const explanation = `A cell is the largest difference, absolute and in brackets relative: to Keras's loss or norm, or for a weight
to the largest weight of its array. "A step" begins in Keras's own state; of "steps together", each begins where the one
before ended. Keras is compared with itself where it sums convolutions and products in another order ("without oneDNN",
\`TF_ENABLE_ONEDNN_OPTS=0\`), where it computes in float64, and where each weight that it begins with is changed by up to
2^-24 of itself, half an ulp of 1: all three show how much is rounding alone. Differences grow with the steps in every row, since
training feeds each rounding error back; no row can be better than those. Where a ReLU's input or the two largest numbers of
a pooling window are a tie within rounding, two runs may even choose differently. Their trainings part there, and soon
gradients differ in the second digit, although each step by itself agrees: the larger filters below show that.`;

const provenance = async (results: readonly ExperimentResult[]): Promise<string> => {
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
    `| commit | ${await describeCommit()} |`,
    '| command | `npm run parity` |',
  ].join('\n');
};
