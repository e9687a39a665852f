import { startBackend } from '@dropout-lab/backend/node';
import {
  type LossConfig,
  lossSchema,
  type NamedArray,
  type OptimizerConfig,
  optimizerSchema,
} from '@dropout-lab/contracts';
import { encodeKerasModel } from '@dropout-lab/interchange';
import { buildModel, parseModelSpec, readWeights } from '@dropout-lab/model';
import { beforeAll, expect, test } from 'vitest';
import { lossFormulas, optimizerFormulas } from './formulas.ts';

const spec = parseModelSpec({
  inputShape: [2, 2, 1],
  numClasses: 2,
  layers: [{ kind: 'flatten' }, { kind: 'dense', units: 2, activation: 'softmax' }],
});
let weights: NamedArray[];
beforeAll(async () => {
  await startBackend('cpu');
  const model = buildModel(spec, 0);
  weights = await readWeights(model);
  model.dispose();
});

interface KerasObject {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Returns the settings that an exported model is compiled with; undefined when it is not compiled. */
const compiled = async (
  optimizer: OptimizerConfig,
  loss: LossConfig,
): Promise<Readonly<Record<'optimizer' | 'loss', KerasObject>> | undefined> => {
  const { bytes } = await encodeKerasModel(weights, spec, { trainedWith: { optimizer, loss } });
  // Nothing in the archive is compressed.
  const [, json] =
    /"compile_config":(\{.*?"metrics":\["accuracy"\]\})/s.exec(Buffer.from(bytes).toString('latin1')) ?? [];
  return json === undefined ? undefined : JSON.parse(json);
};

interface AnyFormula {
  readonly keras: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly cases: readonly Readonly<Record<string, unknown>>[];
}

/** The class and the arguments of a case by its formula, without those that are null, or a decay of 0. */
const byFormula = ({ keras, settings }: AnyFormula, { name: _, ...values }: object & { name: string }) => ({
  class_name: keras,
  config: Object.fromEntries(
    Object.entries(values).flatMap(([setting, value]) =>
      settings[setting] === null || value === null || (setting === 'weightDecay' && value === 0)
        ? []
        : [[settings[setting], value]],
    ),
  ),
});

const optimizers = Object.entries<AnyFormula>(optimizerFormulas);
const losses = Object.entries<AnyFormula>(lossFormulas);
const [adam, crossentropy] = [optimizerSchema.parse({}), lossSchema.parse({})];

test.each(optimizers)('an exported model has the optimizer %s by its formula', async (name, formula) => {
  for (const given of formula.cases) {
    const optimizer = optimizerSchema.parse({ name, ...given });
    const found = (await compiled(optimizer, crossentropy))?.optimizer;
    // Not every version of Keras has Muon.
    expect(found).toEqual(
      name === 'muon' ? undefined : expect.objectContaining(byFormula(formula, optimizer)),
    );
  }
});

test.each(losses)('an exported model has the loss %s by its formula', async (name, formula) => {
  for (const given of formula.cases) {
    const loss = lossSchema.parse({ name, ...given });
    const { class_name, config } = byFormula(formula, loss);
    const found = (await compiled(adam, loss))?.loss;
    expect(found).toMatchObject({ class_name, config });
    expect(Object.keys(found!.config).filter((key) => key !== 'from_logits')).toEqual(Object.keys(config));
  }
});
