import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeHardware } from '@dropout-lab/backend/node';
import { median } from '@dropout-lab/metrics';
import type { KernelTimes } from './kernel-times.ts';
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
  { native, wasm }: { readonly native: OperationTimes; readonly wasm: KernelTimes },
): string => `${heading}

\`\`\`
${machine}
\`\`\`

${contestTable(taken)}

The time of a step of 250 images on tfjs-node, the mean over consecutive steps, by TensorFlow's operations:

${operationTable(native)}

The same on one thread of wasm, by kernels. The inner loop of all sums of products does ${wasm.ceiling.toFixed(0)} GFLOP/s where its operands lie
in the nearest cache; at that rate, those of a step would take ${atCeiling(wasm).toFixed(0)} ms.

${kernelTable(wasm)}
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

interface Row {
  readonly name: string;
  readonly milliseconds: number;
}

const sumOf = (rows: readonly Row[]): number =>
  rows.reduce((total, { milliseconds }) => total + milliseconds, 0);

/** Lines of the parts of a step, and of what is left of it. */
const partsOf = <Part extends Row>(
  step: number,
  parts: readonly Part[],
  cells: (part: Part) => readonly string[] = () => [],
): string[][] => {
  const row = ({ name, milliseconds }: Row, more: readonly string[]) => [
    name,
    milliseconds.toFixed(1),
    `${((100 * milliseconds) / step).toFixed(0)}%`,
    ...more,
  ];
  const large = parts.filter(({ milliseconds }) => milliseconds >= LEAST_MILLISECONDS);
  const small = parts.slice(large.length);
  const rest: Row[] = [
    { name: `${small.length} others`, milliseconds: sumOf(small) },
    { name: 'JavaScript: batch, masks, gradient tape', milliseconds: step - sumOf(parts) },
    { name: '**a step**', milliseconds: step },
  ];
  const width = large[0] ? cells(large[0]).length : 0;
  return [
    ...large.map((part) => row({ ...part, name: `\`${part.name}\`` }, cells(part))),
    ...rest.map((one) =>
      row(
        one,
        Array.from({ length: width }, () => ''),
      ),
    ),
  ];
};

const operationTable = ({ step, operations }: OperationTimes): string =>
  formatTable(['', 'ms', 'of the step'], partsOf(step, operations), 1);

type TimedKernel = KernelTimes['kernels'][number];

const kernelTable = ({ step, kernels, ceiling }: KernelTimes): string => {
  const rates = ({ operations, milliseconds }: TimedKernel): string[] => {
    if (operations === undefined) return ['', ''];
    const rate = operations / milliseconds / 1e6;
    return [rate.toFixed(1), `${((100 * rate) / ceiling).toFixed(0)}%`];
  };
  return formatTable(
    ['', 'ms', 'of the step', 'GFLOP/s of the non-zero work', 'of the ceiling'],
    partsOf(step, kernels, rates),
    1,
  );
};

/** Milliseconds of all sums of products at the ceiling. */
const atCeiling = ({ kernels, ceiling }: KernelTimes): number =>
  kernels.reduce((sum, { operations = 0 }) => sum + operations, 0) / ceiling / 1e6;
