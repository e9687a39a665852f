import { fileURLToPath } from 'node:url';
import type { Family } from './formula.ts';

/** The package whose tests compare each family with Keras. */
const packageOf = {
  optimizers: 'training',
  schedules: 'training',
  losses: 'training',
  constraints: 'model',
  regularizers: 'model',
  layers: 'model',
} satisfies { readonly [Name in Family]: string };

export const packagesFolder = fileURLToPath(new URL('../../packages/', import.meta.url));

/** The file with Keras's results for a family's cases: a record of its members, each with the cases in their order. */
export const fixtureFile = (family: Family): string =>
  `${packagesFolder}${packageOf[family]}/fixtures/${family}.json`;
