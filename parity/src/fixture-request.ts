import {
  constraintSchema,
  type LayerInput,
  type LayerKind,
  layerSchema,
  lossSchema,
  optimizerSchema,
  regularizerSchema,
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
  regularizerFormulas,
  scheduleFormulas,
} from './formulas.ts';
import { masksOf } from './masks.ts';

/** Number of images in a layer's case. */
const BATCH = 4;
/** Seed of the models of the layers' cases, whose masks are those of their first step. */
const SEED = 2014;

interface Parser {
  readonly parse: (input: unknown) => unknown;
}

/**
 * Makes the request to keras/fixtures.py: the cases of every family with all of their settings. A backend must be
 * running, since the layers that draw masks are built.
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
    regularizers: casesOf(regularizerFormulas, (name, { shape, settings }: RegularizerCase) => ({
      shape,
      ...named(regularizerSchema)(name, settings),
    })),
    layers: casesOf(layerFormulas, layerCase),
  },
});

type ConstraintCase = (typeof constraintFormulas)[keyof typeof constraintFormulas]['cases'][number];
type RegularizerCase = (typeof regularizerFormulas)[keyof typeof regularizerFormulas]['cases'][number];
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

/** Puts a layer into a small classifier under a name, with the first draws of the noise layers in it. */
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
