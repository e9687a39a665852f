import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadSample } from '@dropout-lab/cifar/sample';
import {
  parseRunConfig,
  type RunConfig,
  type RunConfigInput,
  type RunEvent,
  type RunManifest,
} from '@dropout-lab/contracts';
import { prepareRunData, type RunData } from '@dropout-lab/data';
import { newRunManifest } from '@dropout-lab/runs';
import { temporaryFolder } from '../../../scripts/temporary-folder.ts';

/** A run of seconds on real images: two epochs of four steps. */
const smallRun: RunConfigInput = {
  model: { filters: [2, 2], units: [4] },
  optimizer: { name: 'adam', learningRate: 0.003 },
  batchSize: 10,
  epochs: 2,
  limitTrain: 50,
  limitTest: 20,
  callbacks: [{ name: 'early_stopping', patience: 5, restoreBestWeights: true }],
};

/** The small run with changes, and its images. */
export const prepare = (changes: RunConfigInput = {}): { config: RunConfig; data: RunData } => {
  const config = parseRunConfig({ ...smallRun, ...changes });
  return { config, data: prepareRunData(loadSample(), config) };
};

export const manifestOf = (config: RunConfig, data: RunData, workers: number): RunManifest =>
  newRunManifest(
    {
      config,
      classNames: data.classNames,
      backend: { name: 'cpu', description: 'cpu', versions: {} },
      workers,
      hardware: { cpu: 'some cpu', cores: 2, memoryBytes: 8e9, platform: 'linux x64' },
      data: data.description,
      versions: {},
      command: [],
      commit: null,
    },
    new Date('2026-11-24T03:10:00.000Z'),
  );

/** A clock that takes half a second from one look to the next, so that two runs of it say the same. */
export const steadyClock = (): (() => number) => {
  let time = 0;
  return () => {
    time += 500;
    return time;
  };
};

export const collect = async (events: AsyncIterable<RunEvent>): Promise<RunEvent[]> => {
  const all: RunEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
};

/** A path for a run directory of its own. */
export const newPath = (): string => join(temporaryFolder(), 'run');

/** The contents of all files in a folder, by path within it. */
export const readFiles = (folder: string): Record<string, Buffer> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path)]),
  );

export const writeFiles = (folder: string, files: Record<string, string | Uint8Array>): void => {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
};
