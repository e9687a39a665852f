import { overviews } from '../state.ts';

/** Returns a name that no run has, neither one that is shown nor one of the others. */
export const freeName = (name: string, others: ReadonlyMap<string, unknown> = new Map()): string => {
  const taken = new Set([...others.keys(), ...overviews.peek().map((overview) => overview.name)]);
  let free = name;
  for (let time = 1; taken.has(free); time++) {
    free = `${name} (${time === 1 ? 'dropped here' : `dropped here, ${time}`})`;
  }
  return free;
};
