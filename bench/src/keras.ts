/**
 * `npm run bench:keras -- [ROUNDS] [--beside FOLDER]`: measures seconds per epoch and peak memory of Keras, of stock
 * TensorFlow.js and of dropout-lab, and of another commit of it, built in FOLDER, which take turns on this machine; then the
 * time of each operation in a step on tfjs-node, and of each kernel in one on wasm. Prints what it measured as Markdown, and without ROUNDS also writes it to
 * docs/results/speed.md, which has a section for each processor.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startBackend } from '@dropout-lab/backend/node';
import { CIFAR10 } from '@dropout-lab/cifar';
import { fetchCifar } from '@dropout-lab/cifar/node';
import { ConfigError } from '@dropout-lab/contracts';
import { preparePython } from 'parity/python';
import { x } from 'tinyexec';
import { contestants, type Earlier } from './contestants.ts';
import { timeKernelsOfStep } from './kernel-times.ts';
import { runMeasured } from './measured-process.ts';
import { timeOperations } from './operation-times.ts';
import { describeMachine } from './shared/machine.ts';
import { type Measurement, machineSection, writeSection } from './speed-document.ts';

/** The first epoch of each process warms compilers and caches up; only the last one counts. */
const EPOCHS = 2;
const DEFAULT_ROUNDS = 3;

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
const native = await timeOperations();
const wasm = await timeKernelsOfStep();

const section = machineSection(machine, taken, { native, wasm });
process.stdout.write(section);
if (positionals[0] === undefined) writeSection(section);
