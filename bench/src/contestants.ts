import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CIFAR10 } from '@dropout-lab/cifar';
import { cacheDirectory } from '@dropout-lab/files/node';
import { kerasScript } from 'parity/python';

/** One way to train the tutorial's model, in a process of its own. */
export interface Contestant {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** Seconds of each epoch, validation included, from what the process printed or wrote. */
  readonly seconds: (stdout: string) => number[];
}

/** Another commit of this repository, to compare with. */
export interface Earlier {
  readonly commit: string;
  /** Its built working tree. */
  readonly folder: string;
}

/** Keras and stock TensorFlow.js come first, since ours are compared with them. */
export const contestants = (
  python: string,
  folder: string,
  epochs: number,
  earlier: Earlier | undefined,
): Contestant[] => {
  const training = (name: string, root: string, backend: 'node' | 'wasm'): Contestant => ({
    name,
    command: [
      ...[process.execPath, join(root, 'apps/trainer/dist/cli.js'), 'train', '--json'],
      ...['--epochs', `${epochs}`, '--backend', backend, '--run-dir', join(folder, 'run')],
    ] as [string, ...string[]],
    seconds: secondsOfEvents,
  });
  const kerasOutput = join(folder, 'keras.json');
  const images = join(cacheDirectory(), CIFAR10.directory);
  return [
    {
      name: 'Keras, `model.fit`',
      command: [
        ...[python, kerasScript('full_length.py'), images, kerasOutput],
        ...['--epochs', `${epochs}`],
      ] as [string, ...string[]],
      seconds: () => secondsIn(readFileSync(kerasOutput, 'utf8')),
    },
    {
      name: 'stock tfjs-node, `model.fit`',
      command: [process.execPath, script('./stock-epochs.js'), `${epochs}`],
      seconds: (stdout) => secondsIn(stdout.trim().split('\n').at(-1)!),
    },
    training('dropout-lab, tfjs-node', repository, 'node'),
    training('dropout-lab, wasm', repository, 'wasm'),
    ...(earlier ? [training(`dropout-lab at ${earlier.commit}, wasm`, earlier.folder, 'wasm')] : []),
  ];
};

const repository = fileURLToPath(new URL('../..', import.meta.url));

const script = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

const secondsIn = (json: string): number[] => (JSON.parse(json) as { seconds: number[] }).seconds;

const secondsOfEvents = (stdout: string): number[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{"kind":"epoch"'))
    .map((line) => (JSON.parse(line) as { seconds: number }).seconds);
