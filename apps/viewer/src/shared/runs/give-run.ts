import { decodeRun } from '@dropout-lab/runs';
import { type RunDigest, withEvents } from './catalogue.ts';
import { givenRuns } from './given-runs.ts';

/** The files of a run's directory by path. */
type RunFiles = Readonly<Record<string, string | Uint8Array>>;

/**
 * Shows a run among the others until the page is left, in the place of one that it was given before under the same name.
 *
 * @throws RunDirectoryError, RunChangedError or ConfigError where a file is damaged or of a newer version.
 */
export const giveRun = async (name: string, files: RunFiles): Promise<void> => {
  const { manifest, events, checkpoints, evaluation, predictions } = await decodeRun(files, name);
  const before = givenRuns.value.get(name);
  for (const url of before?.urls.values() ?? []) URL.revokeObjectURL(url);
  const digest: RunDigest = {
    name,
    revision: (before?.digest.revision ?? 0) + 1,
    manifest,
    events: withEvents([], events),
    isThinned: false,
    isBeingWritten: false,
    checkpoints: (['last', 'best'] as const).filter((one) => checkpoints[one] !== undefined),
    hasEvaluation: evaluation !== undefined,
    hasPredictions: predictions !== undefined,
  };
  const urls = Object.entries(files).map(
    ([path, content]) => [path, URL.createObjectURL(new Blob([content as BlobPart]))] as const,
  );
  givenRuns.value = new Map([...givenRuns.value, [name, { digest, urls: new Map(urls) }]]);
};
