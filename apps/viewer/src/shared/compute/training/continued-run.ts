import type { BrowserBackendChoice } from '@dropout-lab/backend/browser';
import { ConfigError, canonicalJson, type DataDescription, type RunManifest } from '@dropout-lab/contracts';
import { type RunContents, runStatus } from '@dropout-lab/runs';
import type { Computing } from '../backend.ts';

/** Returns whether a kept run has nothing left to train. */
export const hasEnded = ({ events }: RunContents): boolean =>
  !['created', 'running'].includes(runStatus(events));

/** Returns the choice that starts the backend of a run. @throws ConfigError for one that browsers do not have. */
export const choiceOf = (name: string): BrowserBackendChoice => {
  const choices: readonly BrowserBackendChoice[] = ['webgpu', 'webgl', 'wasm', 'cpu'];
  const choice = choices.find((one) => one === name);
  if (choice) return choice;
  throw new ConfigError(
    `the kept run: expected a backend of browsers, ${choices.join(', ')}, found ${name}: download it and resume it in Node`,
  );
};

/**
 * Makes sure that a run continues to the bit.
 *
 * @throws ConfigError when its images or its kernels are others by now.
 */
export const requireSame = (
  { data: before, backend: { name, kernels } }: RunManifest,
  data: DataDescription,
  backend: Computing['backend'],
): void => {
  if (canonicalJson(before) !== canonicalJson(data)) {
    throw new ConfigError(
      `the kept run: expected the images that it was trained on, ${before.trainImages} of ${before.dataset}, found others: serve the same images, or train it again`,
    );
  }
  if (backend.name !== name || canonicalJson(backend.kernels ?? null) !== canonicalJson(kernels ?? null)) {
    throw new ConfigError(
      `the kept run: expected the backend ${name} with the kernels that it was trained with, found ${backend.description}: train it again`,
    );
  }
};
