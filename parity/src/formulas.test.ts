import { readFileSync } from 'node:fs';
import { startBackend } from '@dropout-lab/backend/node';
import {
  canonicalJson,
  constraintSchema,
  layerSchema,
  listSettings,
  lossSchema,
  optimizerSchema,
  regularizerSchema,
  scheduleSchema,
} from '@dropout-lab/contracts';
import { beforeAll, expect, test } from 'vitest';
import { fixtureFile } from './fixture-file.ts';
import { fixtureRequest } from './fixture-request.ts';
import type { Family } from './formula.ts';
import { formulas } from './formulas.ts';

const schemas = {
  optimizers: optimizerSchema,
  schedules: scheduleSchema,
  losses: lossSchema,
  constraints: constraintSchema,
  regularizers: regularizerSchema,
  layers: layerSchema,
} satisfies { readonly [Name in Family]: object };
const families = Object.keys(schemas) as Family[];

type Cases = Readonly<Record<string, readonly { readonly settings: Readonly<Record<string, unknown>> }[]>>;
let request: Readonly<Record<Family, Cases>>;
beforeAll(async () => {
  await startBackend('cpu');
  request = fixtureRequest().cases as unknown as typeof request;
});

/** Whether Keras has no argument for a setting. */
const isOurs = (family: Family, name: string, key: string): boolean => {
  const table = formulas[family] as Readonly<
    Record<string, { readonly settings: Readonly<Record<string, unknown>> }>
  >;
  return table[name]!.settings[key] === null;
};

test.each(families)('a case of the %s moves every setting that Keras has from its default', (family) => {
  const moved = (name: string, key: string, byDefault: unknown): boolean =>
    request[family][name]!.some(({ settings }) => canonicalJson(settings[key]) !== canonicalJson(byDefault));
  const still = listSettings(schemas[family]).filter(
    ({ path, of, default: byDefault }) =>
      of?.path === '' &&
      path !== 'name' &&
      !path.includes('.') &&
      !isOurs(family, of.name, path) &&
      !moved(of.name, path, byDefault),
  );
  expect(still.map(({ of, path }) => `${of!.name}.${path}`)).toEqual([]);
});

test.each(families)(
  'the fixtures of the %s are up to date with these cases (npm run fixtures -w parity)',
  (family) => {
    const fixtures = JSON.parse(readFileSync(fixtureFile(family), 'utf8')) as Cases;
    expect(Object.keys(fixtures).sort()).toEqual(Object.keys(request[family]).sort());
    expect(fixtures).toMatchObject(JSON.parse(JSON.stringify(request[family])));
  },
);
