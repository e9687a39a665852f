import { decodeRun, type RunContents } from '@dropout-lab/runs';
import { type RunDigest, withEvents } from './catalogue.ts';
import { type GivenRun, givenRuns } from './given-runs.ts';

/** The files of a run's directory by path. */
type RunFiles = Readonly<Record<string, string | Uint8Array>>;

/**
 * Shows a run among the others until the page is left, in the place of one that it was given before under the same name.
 *
 * @throws RunDirectoryError, RunChangedError or ConfigError where a file is damaged or of a newer version.
 */
export const giveRun = (name: string, files: RunFiles): Promise<void> => giveRuns(new Map([[name, files]]));

/** The same, of several by name: all of them, or none where one cannot be read. */
export const giveRuns = async (runs: ReadonlyMap<string, RunFiles>): Promise<void> => {
  const decoded: [string, RunContents][] = [];
  // One after the other: the page answers between them.
  for (const [name, files] of runs) decoded.push([name, await decodeRun(files, name)]);
  const given = new Map(givenRuns.value);
  for (const [name, contents] of decoded) given.set(name, givenRun(name, runs.get(name)!, contents));
  givenRuns.value = given;
};

const givenRun = (name: string, files: RunFiles, contents: RunContents): GivenRun => {
  const { manifest, events, checkpoints, evaluation, predictions } = contents;
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
  return { digest, urls: new Map(urls) };
};
