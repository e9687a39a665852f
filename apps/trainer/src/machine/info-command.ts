import {
  type BackendChoice,
  BackendError,
  describeHardware,
  type StartedBackend,
  startBackend,
} from '@dropout-lab/backend/node';
import { datasetLoaders } from '@dropout-lab/cifar';
import { describeCifar } from '@dropout-lab/cifar/node';
import { cacheDirectory } from '@dropout-lab/files/node';
import { megabytes } from '../command/format.ts';
import { readCommit } from '../command/provenance.ts';
import type { Reporter } from '../command/reporter.ts';
import { listBackendTimes } from '../train/backend-times.ts';
import { version } from '../version.ts';

/** `dropout-lab info`: versions, machine, each backend or the reason why it is missing, and the cache. @returns The exit code. */
export const infoCommand = async (reporter: Reporter): Promise<number> => {
  const commit = await readCommit();
  reporter.line(`dropout-lab ${version}${commit === null ? '' : ` (commit ${commit})`}`);
  const { cpu, cores, memoryBytes, platform } = describeHardware();
  const memory = memoryBytes === null ? '' : `, ${(memoryBytes / 1e9).toFixed(1)} GB of memory`;
  reporter.line(`Machine: ${platform}, ${cpu}, ${cores} cores${memory}`);

  const backends: readonly BackendChoice[] = ['webgpu', 'node', 'wasm', 'cpu'];
  reporter.line('Backends:');
  for (const choice of backends) {
    const found = await startedOrReason(choice);
    reporter.line(
      `  ${choice}: ${typeof found === 'string' ? `not available: ${found}` : found.description}`,
    );
  }
  const { reason, versions } = await startBackend('auto');
  reporter.line(`  auto: ${reason}`);
  reporter.line('Versions:');
  for (const [name, found] of Object.entries(versions)) reporter.line(`  ${name}: ${found}`);

  reporter.line(`Cache: ${cacheDirectory()}`);
  for (const [name, loader] of Object.entries(datasetLoaders)) {
    if (loader.kind !== 'files') continue;
    const { files, partialBytes } = await describeCifar(loader.files);
    const here = files.filter(({ bytes }) => bytes !== null).length;
    const partial = partialBytes > 0 ? `, ${megabytes(partialBytes)} of an unfinished download` : '';
    reporter.line(`  ${name}: ${here} of ${files.length} files${partial}`);
  }
  for (const { runs, stepSeconds } of await listBackendTimes()) {
    const times = Object.entries(stepSeconds).map(([name, seconds]) => `${name} ${seconds!.toFixed(3)} s`);
    reporter.line(`  a step of ${runs}: ${times.join(', ')}`);
  }
  return 0;
};

const startedOrReason = async (choice: BackendChoice): Promise<StartedBackend | string> => {
  try {
    return await startBackend(choice);
  } catch (error) {
    if (error instanceof BackendError) return error.message;
    throw error;
  }
};
