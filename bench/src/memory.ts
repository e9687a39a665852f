/**
 * `npm run bench:memory -- [STEPS]`: measures whether training leaks memory. A small model takes 10,000 steps on each
 * backend, in a process of its own, with callbacks, a checkpoint every 25 steps, validation, and an interruption every 250
 * steps, after which a new model resumes from the last checkpoint. Prints a Markdown document, and without STEPS also
 * writes it to docs/results/memory.md; fails when tensors are left or the process grows.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BackendError, startBackend } from '@dropout-lab/backend/node';
import {
  ConfigError,
  DropoutLabError,
  type ImageDataset,
  parseRunConfig,
  type Snapshot,
} from '@dropout-lab/contracts';
import { createBatches } from '@dropout-lab/data';
import { buildModel, parseModelSpec } from '@dropout-lab/model';
import { train } from '@dropout-lab/training';
import * as tf from '@tensorflow/tfjs-core';
import { describeMachine } from './shared/machine.ts';
import { formatTable } from './shared/table.ts';

const DEFAULT_STEPS = 10_000;
const STEPS_PER_EPOCH = 50;
const CHECKPOINT_EVERY = 25;
const INTERRUPTION_EVERY = 250;
/** Readings in this fraction of the steps do not count, since caches and compilers are still warming up. */
const WARM_UP = 0.2;
const READINGS = 10;
/** The fraction by which a process may grow after its warm-up, since garbage is not collected at once. */
const MAX_GROWTH = 0.1;
/** Exit code of a process whose backend this machine lacks. */
const BACKEND_MISSING = 3;
const backends = ['cpu', 'wasm', 'node'] as const;
const documentPath = fileURLToPath(new URL('../../docs/results/memory.md', import.meta.url));

/** The memory of a process after some steps. */
interface Reading {
  readonly step: number;
  readonly tensors: number;
  readonly tensorBytes: number;
  readonly residentBytes: number;
}

const readSteps = (argument: string | undefined): number => {
  const steps = Number(argument ?? DEFAULT_STEPS);
  const least = INTERRUPTION_EVERY * READINGS;
  if (Number.isInteger(steps) && steps >= least) return steps;
  throw new ConfigError(
    `bench:memory: expected a whole number of steps of at least ${least}, received ${argument}`,
  );
};

const BATCH = 8;
const images: ImageDataset = {
  images: Uint8Array.from({ length: STEPS_PER_EPOCH * BATCH * 192 }, (_, i) => (i * 7919) % 256),
  labels: Uint8Array.from({ length: STEPS_PER_EPOCH * BATCH }, (_, i) => i % 3),
  imageShape: [8, 8, 3],
  classNames: ['a', 'b', 'c'],
};

const collectGarbage = (): void => (globalThis as { gc?: () => void }).gc?.();

/** Trains on the backend of this process. */
const measure = async (steps: number): Promise<Reading[]> => {
  const spec = parseModelSpec({ inputShape: [8, 8, 3], numClasses: 3, filters: [4], units: [16] });
  const config = parseRunConfig({
    epochs: steps / STEPS_PER_EPOCH,
    checkpointEverySteps: CHECKPOINT_EVERY,
    callbacks: [
      { name: 'early_stopping', monitor: 'val_loss', patience: steps, restoreBestWeights: true },
      { name: 'reduce_lr_on_plateau', monitor: 'loss', patience: 5 },
    ],
  });
  const source = createBatches(images, { batchSize: BATCH });
  const readings: Reading[] = [];
  let resumeFrom: Snapshot | undefined;
  for (let done = 0; done < steps; ) {
    const model = buildModel(spec, 1);
    const abort = new AbortController();
    const checkpoints = {
      save: async (name: string, snapshot: Snapshot): Promise<void> => {
        if (name === 'last') resumeFrom = snapshot;
      },
    };
    const until = done + INTERRUPTION_EVERY;
    const options = { model, config, train: source, validation: source, checkpoints, resumeFrom };
    for await (const event of train({ ...options, signal: abort.signal })) {
      if (event.kind !== 'step') continue;
      done = event.step;
      if (done === until) abort.abort();
    }
    model.dispose();
    if (done % (steps / READINGS) !== 0) continue;
    collectGarbage();
    const { numTensors: tensors, numBytes: tensorBytes } = tf.memory();
    readings.push({ step: done, tensors, tensorBytes, residentBytes: process.memoryUsage.rss() });
    process.stderr.write(`${tf.getBackend()}: ${done} of ${steps} steps, ${tensors} tensors\n`);
  }
  return readings;
};

/** Measures a backend in a process of its own; undefined where this machine lacks the backend. */
const measureOn = (backend: string, steps: number): Reading[] | undefined => {
  const script = fileURLToPath(import.meta.url);
  const { status, stdout } = spawnSync(process.execPath, ['--expose-gc', script, String(steps), backend], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status === BACKEND_MISSING) return undefined;
  if (status === 0) return JSON.parse(stdout) as Reading[];
  throw new DropoutLabError(
    `bench:memory: ${backend}: expected exit code 0, found ${status}: the reason is above`,
  );
};

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);

const [argument, backend] = process.argv.slice(2);
const steps = readSteps(argument);
if (backend !== undefined) {
  await startBackend(backend as (typeof backends)[number]).catch((error: unknown) => {
    if (!(error instanceof BackendError)) throw error;
    process.exit(BACKEND_MISSING);
  });
  process.stdout.write(JSON.stringify(await measure(steps)));
} else {
  const machine = await describeMachine();
  const sections: string[] = [];
  for (const name of backends) {
    const readings = measureOn(name, steps);
    if (readings === undefined) {
      sections.push(`## ${name}\n\nNot available on this machine.`);
      continue;
    }
    const rows = readings.map(({ step, tensors, tensorBytes, residentBytes }) => [
      String(step),
      String(tensors),
      megabytes(tensorBytes),
      megabytes(residentBytes),
    ]);
    sections.push(
      `## ${name}\n\n${formatTable(['after step', 'tensors', 'in tensors, MB', 'process, MB'], rows, 0)}`,
    );
    const warm = readings.filter(({ step }) => step > WARM_UP * steps);
    const grown = Math.max(...warm.map((one) => one.residentBytes)) / warm[0]!.residentBytes - 1;
    const isFlat = warm.every(({ tensors }) => tensors === warm[0]!.tensors) && grown <= MAX_GROWTH;
    if (isFlat) continue;
    process.exitCode = 1;
    process.stderr.write(
      `bench:memory: ${name}: expected as many tensors as before and a process of the same size, found ${warm.map(({ tensors }) => tensors).join(', ')} tensors and ${(100 * grown).toFixed(0)}% more memory\n`,
    );
  }
  const document = `# Memory

Written by \`npm run bench:memory\`: a small model takes ${steps.toLocaleString('en')} steps on each backend, with
callbacks, validation, a checkpoint every ${CHECKPOINT_EVERY} steps, and an interruption every ${INTERRUPTION_EVERY} steps,
after which another model resumes from the last checkpoint. The readings are taken between two models, after a garbage
collection.

\`\`\`
${machine}
\`\`\`

${sections.join('\n\n')}
`;
  process.stdout.write(document);
  if (argument === undefined) writeFileSync(documentPath, document);
}
