import {
  constraintSchema,
  type LayerInput,
  type LayerKind,
  layerSchema,
  lossSchema,
  optimizerSchema,
  scheduleSchema,
} from '@dropout-lab/contracts';
import { buildModel, parseModelSpec } from '@dropout-lab/model';
import type { LayerFormula } from './formula.ts';
import {
  constraintFormulas,
  formulas,
  layerFormulas,
  lossFormulas,
  optimizerFormulas,
  scheduleFormulas,
} from './formulas.ts';
import { masksOf } from './masks.ts';

/** Images of a layer's case. */
const BATCH = 4;
/** Of the models of the layers' cases, whose masks are those of their first step. */
const SEED = 2014;

interface Parser {
  readonly parse: (input: unknown) => unknown;
}

/**
 * What keras/fixtures.py is asked: the cases of every family with all of their settings. A backend must have been
 * started, for the layers that draw masks are built.
 */
export const fixtureRequest = () => ({
  formulas,
  cases: {
    optimizers: casesOf(optimizerFormulas, named(optimizerSchema)),
    schedules: casesOf(scheduleFormulas, named(scheduleSchema)),
    losses: casesOf(lossFormulas, (name, settings, { heads }) => ({
      ...named(lossSchema)(name, settings),
      heads,
    })),
    constraints: casesOf(constraintFormulas, (name, { shape, settings }: ConstraintCase) => ({
      shape,
      ...named(constraintSchema)(name, settings),
    })),
    layers: casesOf(layerFormulas, layerCase),
  },
});

type ConstraintCase = (typeof constraintFormulas)[keyof typeof constraintFormulas]['cases'][number];
type LayerCase = LayerFormula<LayerKind>['cases'][number];

const named =
  (schema: Parser) =>
  (name: string, settings: object): { readonly settings: unknown } => ({
    settings: schema.parse({ name, ...settings }),
  });

interface Table<Case> {
  readonly [name: string]: {
    readonly cases: readonly Case[];
    readonly flattens?: true;
    readonly heads?: readonly string[];
  };
}

const casesOf = <Case>(
  table: Table<Case>,
  complete: (name: string, one: Case, formula: Table<Case>[string]) => unknown,
): Record<string, unknown[]> =>
  Object.fromEntries(
    Object.entries(table).map(([name, formula]) => [
      name,
      formula.cases.map((one) => complete(name, one, formula)),
    ]),
  );

/** The layer under this name in a small classifier, and what the layers in it that draw something draw first. */
const layerCase = (
  kind: string,
  { input, settings }: LayerCase,
  { flattens }: { readonly flattens?: true },
) => {
  const layer = 'layer';
  const isFlat = input.length === 1;
  const model = parseModelSpec({
    inputShape: isFlat ? [1, 1, input[0]!] : (input as [number, number, number]),
    numClasses: 2,
    layers: [
      ...(isFlat ? [{ kind: 'flatten' } as const] : []),
      { kind, ...settings, name: layer } as LayerInput,
      ...(isFlat || flattens ? [] : [{ kind: 'flatten' } as const]),
      { kind: 'dense', units: 2 },
    ],
  });
  const built = buildModel(model, SEED);
  const masks = masksOf(built, BATCH).map(({ layer, shape, kind, at }) => ({
    layer,
    shape,
    [kind]: [...at(0)],
  }));
  built.dispose();
  return {
    settings: layerSchema.parse({ kind, ...settings }),
    model,
    seed: SEED,
    batch: BATCH,
    layer,
    masks,
  };
};
