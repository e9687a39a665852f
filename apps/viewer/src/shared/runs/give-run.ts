import type { ReadRun } from '../compute/run-reader.ts';
import { type GivenRun, givenRuns } from './given-runs.ts';

/** Shows runs among the others until the page is left, each in the place of one that it was given before under the same name. */
export const giveRuns = (runs: ReadonlyMap<string, ReadRun>): void => {
  const given = new Map(givenRuns.value);
  for (const [name, run] of runs) given.set(name, givenRun(name, run));
  givenRuns.value = given;
};

const givenRun = (name: string, { digest, files }: ReadRun): GivenRun => {
  const before = givenRuns.value.get(name);
  for (const url of before?.urls.values() ?? []) URL.revokeObjectURL(url);
  return {
    digest: { ...digest, name, revision: (before?.digest.revision ?? 0) + 1 },
    urls: new Map([...files].map(([path, content]) => [path, URL.createObjectURL(content)] as const)),
  };
};
