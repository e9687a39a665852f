/**
 * `npm run bench:keras -- [ROUNDS] [--beside FOLDER]`: measures seconds per epoch and peak memory of Keras, of stock
 * TensorFlow.js and of dropout-lab, and of another commit of it, built in FOLDER, which take turns on this machine; then the
 * time of each operation in a step. Prints a Markdown document, and without ROUNDS also writes it to docs/results/speed.md.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startBackend } from '@dropout-lab/backend/node';
import { CIFAR10 } from '@dropout-lab/cifar';
import { fetchCifar } from '@dropout-lab/cifar/node';
import { ConfigError } from '@dropout-lab/contracts';
import { median } from '@dropout-lab/metrics';
import { preparePython } from 'parity/python';
import { x } from 'tinyexec';
import { contestants, type Earlier } from './contestants.ts';
import { type MeasuredProcess, runMeasured } from './measured-process.ts';
import { type OperationTimes, timeOperations } from './operation-times.ts';
import { describeMachine } from './shared/machine.ts';
import { formatTable } from './shared/table.ts';

/** The first epoch of each process warms compilers and caches up; only the last one counts. */
const EPOCHS = 2;
const DEFAULT_ROUNDS = 3;
const documentPath = fileURLToPath(new URL('../../docs/results/speed.md', import.meta.url));
/** Operations below it are added up in one line. */
const LEAST_MILLISECONDS = 0.5;

interface Measurement extends Pick<MeasuredProcess, 'peakBytes'> {
  readonly seconds: number;
}

const readRounds = (argument: string | undefined): number => {
  const rounds = Number(argument ?? DEFAULT_ROUNDS);
  if (Number.isInteger(rounds) && rounds > 0) return rounds;
  throw new ConfigError(`bench:keras: expected a whole number of rounds above 0, received ${argument}`);
};

/** Returns the commit that is built in a folder. */
const readEarlier = async (folder: string | undefined): Promise<Earlier | undefined> => {
  if (folder === undefined) return undefined;
  const { stdout } = await x('git', ['-C', folder, 'rev-parse', '--short', 'HEAD'], { throwOnError: true });
  return { commit: stdout.trim(), folder: resolve(folder) };
};

const measureAll = async (
  python: string,
  rounds: number,
  earlier: Earlier | undefined,
): Promise<Map<string, Measurement[]>> => {
  const folder = mkdtempSync(join(tmpdir(), 'dropout-lab-speed-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('SIGINT', () => {
    remove();
    process.exit(130);
  });
  const taken = new Map<string, Measurement[]>();
  try {
    for (let round = 1; round <= rounds; round++) {
      for (const { name, command, seconds } of contestants(python, folder, EPOCHS, earlier)) {
        rmSync(join(folder, 'run'), { recursive: true, force: true });
        const { stdout, peakBytes } = await runMeasured(command);
        const measurement = { seconds: seconds(stdout).at(-1)!, peakBytes };
        taken.set(name, [...(taken.get(name) ?? []), measurement]);
        process.stderr.write(
          `round ${round} of ${rounds}: ${name}: ${measurement.seconds.toFixed(1)} s an epoch\n`,
        );
      }
    }
  } finally {
    remove();
  }
  return taken;
};

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

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { beside: { type: 'string' } },
});
const rounds = readRounds(positionals[0]);
const earlier = await readEarlier(values.beside);
await fetchCifar(CIFAR10, {});
const python = await preparePython();
const machine = await describeMachine(await startBackend('node'));
const taken = await measureAll(python, rounds, earlier);
const times = await timeOperations();

const document = `# Speed against Keras

Written by \`npm run bench:keras\`: the tutorial's model on CIFAR-10, with 40,000 images to train on and 10,000 for
validation in each epoch, in batches of 250. Each process trains ${EPOCHS} epochs, and the last one counts. The processes take
turns for ${rounds} ${rounds === 1 ? 'round' : 'rounds'}; the table has medians. Stock TensorFlow.js trains without max-norm, which its \`model.fit\` would
ignore anyway.

\`\`\`
${machine}
\`\`\`

${contestTable(taken)}

## The time of a step on tfjs-node

Steps of 250 images, mean times over consecutive steps; TensorFlow's operations by name.

${operationTable(times)}
`;
process.stdout.write(document);
if (positionals[0] === undefined) writeFileSync(documentPath, document);
