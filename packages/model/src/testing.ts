import { membersOf } from '@dropout-lab/contracts';
import { expect } from 'vitest';

/** The names of a family without outputs of Keras, joined by commas. */
export const namesWithout = (schema: Parameters<typeof membersOf>[0], fixtures: object): string =>
  [...membersOf(schema)!.members.keys()].filter((name) => !(name in fixtures)).join(', ');

/** Matchers of these numbers to within 1e-6 of the largest of them. */
export const closeTo = (values: readonly number[]): number[] => {
  const allowed = 1e-6 * Math.max(...values.map(Math.abs), 1e-32);
  // closeTo allows half a unit of so many digits.
  return values.map((value) => expect.closeTo(value, -Math.log10(2 * allowed)));
};
