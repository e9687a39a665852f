import { median } from '@dropout-lab/metrics';

interface Repetitions {
  /** Turns that are not counted, since the engine's compilers are still at work. */
  readonly warmUps: number;
  readonly runs: number;
}

/**
 * Measures the median milliseconds of each candidate. They take turns, so that a slow phase of the machine affects all
 * of them.
 */
export const measure = async <Name extends string>(
  candidates: Readonly<Record<Name, () => unknown>>,
  { warmUps, runs }: Repetitions,
): Promise<Record<Name, number>> => {
  const names = Object.keys(candidates) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>;
  for (let turn = -warmUps; turn < runs; turn++) {
    for (const name of names) {
      const start = performance.now();
      await candidates[name]();
      if (turn >= 0) times[name].push(performance.now() - start);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Name, number>;
};
