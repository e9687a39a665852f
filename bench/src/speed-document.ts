import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeHardware } from '@dropout-lab/backend/node';
import { median } from '@dropout-lab/metrics';
import type { MeasuredProcess } from './measured-process.ts';
import type { OperationTimes } from './operation-times.ts';
import { formatTable } from './shared/table.ts';

/** The last epoch of one process. */
export interface Measurement extends Pick<MeasuredProcess, 'peakBytes'> {
  readonly seconds: number;
}

const path = fileURLToPath(new URL('../../docs/results/speed.md', import.meta.url));
/** Operations below it are added up in one line. */
const LEAST_MILLISECONDS = 0.5;

/** Formats Markdown: what was measured on this machine, under the name of its processor. */
export const machineSection = (
  machine: string,
  taken: ReadonlyMap<string, readonly Measurement[]>,
  times: OperationTimes,
): string => `${heading}

\`\`\`
${machine}
\`\`\`

${contestTable(taken)}

The time of a step of 250 images on tfjs-node, the mean over consecutive steps, by TensorFlow's operations:

${operationTable(times)}
`;

/** Puts the section of this machine's processor into docs/results/speed.md, in the place of its earlier one. */
export const writeSection = (section: string): void => {
  const [introduction, ...sections] = readFileSync(path, 'utf8').split(/^(?=## )/m);
  const earlier = sections.findIndex((one) => one.startsWith(`${heading}\n`));
  sections.splice(earlier < 0 ? sections.length : earlier, earlier < 0 ? 0 : 1, section);
  const parts = [introduction!, ...sections].map((part) => `${part.trimEnd()}\n`);
  writeFileSync(path, parts.join('\n'));
};

const heading = `## ${describeHardware().cpu}`;

const contestTable = (taken: ReadonlyMap<string, readonly Measurement[]>): string => {
  const medians = [...taken].map(([name, measurements]) => ({
    name,
    seconds: median(measurements.map(({ seconds }) => seconds)),
    bytes: median(measurements.map(({ peakBytes }) => peakBytes)),
    range: measurements.map(({ seconds }) => seconds.toFixed(1)).join(', '),
  }));
  const [keras, stock] = medians as [(typeof medians)[number], (typeof medians)[number]];
  return formatTable(
    ['', 's/epoch', 'each round', 'of Keras', 'of stock', 'peak memory'],
    medians.map(({ name, seconds, bytes, range }) => [
      name,
      seconds.toFixed(1),
      range,
      `${(seconds / keras.seconds).toFixed(2)} x`,
      `${(seconds / stock.seconds).toFixed(2)} x`,
      `${(bytes / 1e9).toFixed(2)} GB`,
    ]),
    1,
  );
};

const operationTable = ({ step, operations }: OperationTimes): string => {
  const row = (name: string, milliseconds: number) => [
    name,
    milliseconds.toFixed(1),
    `${((100 * milliseconds) / step).toFixed(0)}%`,
  ];
  const sum = (times: OperationTimes['operations']) =>
    times.reduce((total, { milliseconds }) => total + milliseconds, 0);
  const large = operations.filter(({ milliseconds }) => milliseconds >= LEAST_MILLISECONDS);
  const small = operations.slice(large.length);
  return formatTable(
    ['', 'ms', 'of the step'],
    [
      ...large.map(({ name, milliseconds }) => row(`\`${name}\``, milliseconds)),
      row(`${small.length} others`, sum(small)),
      row('JavaScript: batch, masks, gradient tape', step - sum(operations)),
      row('**a step**', step),
    ],
    1,
  );
};
