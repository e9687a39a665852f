import { datasetLoaders } from '@dropout-lab/cifar';
import {
  canonicalJson,
  type DatasetName,
  datasetOf,
  type LayerInput,
  type LayerKind,
  type LayerSpec,
  parseRunConfig,
  type RunConfig,
  type RunConfigInput,
  runLossSchema,
} from '@dropout-lab/contracts';
import { modelSpecOf } from '@dropout-lab/model';
import type { Formula } from '../formula.ts';
import { layerFormulas, lossFormulas, optimizerFormulas } from '../formulas.ts';

/** A training to compare step by step: a configuration with a name. */
export interface Scenario {
  /** Name of its files and of the report's rows. */
  readonly name: string;
  readonly summary: string;
  readonly config: RunConfig;
}

const scenario = (name: string, summary: string, config: RunConfigInput): Scenario => ({
  name,
  summary,
  config: parseRunConfig(config),
});

/** A max-norm that limits weights from the first step on, since the initial kernels have norms of about 1.4. */
const bindingLimit = 1;

/** The scenarios of the tutorial's comparisons, and of max-norm on other axes. */
export const writtenScenarios: readonly Scenario[] = [
  scenario('tutorial', 'the tutorial: Adam, dropout 0.5, max-norm 2 on axis 0', {}),
  scenario('momentum', 'SGD 0.01 with momentum 0.9', { optimizer: { name: 'sgd', momentum: 0.9 } }),
  scenario('max-norm-axis-0', `max-norm ${bindingLimit} on axis 0`, {
    model: { maxNorm: { value: bindingLimit } },
  }),
  scenario('max-norm-all', `max-norm ${bindingLimit} on axes [0, 1, 2]`, {
    model: { maxNorm: { value: bindingLimit, axis: [0, 1, 2] } },
  }),
  scenario('no-dropout', 'no dropout', { model: { dropout: { rate: 0 } } }),
];

/** Wider filters on a small batch: more of its maxima are ties within rounding, so that two trainings soon part. */
export const partingScenario: Scenario = scenario('larger-filters', '16, 32 and 48 filters of 5 x 5', {
  model: { filters: [16, 32, 48], kernelSize: 5, padding: 'same' },
});

const entriesOf = <Name extends string, F>(table: { readonly [Key in Name]: F }): [Name, F][] =>
  Object.entries(table) as [Name, F][];

const kindsIn = (layers: readonly LayerSpec[]): LayerKind[] =>
  layers.flatMap((layer) => [
    layer.kind,
    ...(layer.kind === 'residual' ? kindsIn([...layer.layers, ...layer.shortcut]) : []),
  ]);

/** The tutorial with each optimizer that the written scenarios lack. */
const ofOptimizers = (): Scenario[] =>
  entriesOf<string, Formula<never, object>>(optimizerFormulas)
    .filter(([name]) => !writtenScenarios.some(({ config }) => config.optimizer.name === name))
    .map(([name, { keras }]) =>
      scenario(name, keras, { optimizer: { name } as NonNullable<RunConfigInput['optimizer']> }),
    );

/** The tutorial with each loss, or settings of one, that they lack. */
const ofLosses = (): Scenario[] => {
  const lossOf = ({ config }: Scenario): string => canonicalJson(config.loss);
  return entriesOf<string, Formula<never, object>>(lossFormulas)
    .filter(([name]) => runLossSchema.safeParse({ name }).success)
    .flatMap(([name, { keras, cases }]) =>
      cases.map((settings, i) => {
        const loss = { name, ...settings } as NonNullable<RunConfigInput['loss']>;
        const words = [keras, ...Object.entries(settings).map(([key, value]) => `${key} ${value}`)];
        return scenario(`${name}-${i}`, words.join(', '), { loss });
      }),
    )
    .filter((one) => !writtenScenarios.some((other) => lossOf(other) === lossOf(one)));
};

/** A small model with each kind of layer that they lack, by its first case. */
const ofLayers = (): Scenario[] => {
  const known = new Set(writtenScenarios.flatMap(({ config }) => kindsIn(modelSpecOf(config).layers)));
  return entriesOf(layerFormulas as { readonly [Kind in LayerKind]: LayerTable })
    .filter(([kind]) => !known.has(kind))
    .map(([kind, { keras, cases, flattens }]) => {
      const [{ input, settings }] = cases;
      const layer = { kind, ...settings } as LayerInput;
      const isFlat = input.length === 1;
      const layers: LayerInput[] = [
        // The case's number of channels.
        { kind: 'conv2d', filters: isFlat ? 8 : input[2]!, activation: 'relu' },
        ...(isFlat ? [] : [layer]),
        ...(flattens ? [] : [{ kind: 'max_pooling2d' } as const, { kind: 'flatten' } as const]),
        ...(isFlat ? [{ kind: 'dense', units: input[0]!, activation: 'relu' } as const, layer] : []),
        { kind: 'dense', units: numClasses },
        { kind: 'activation', activation: 'softmax' },
      ];
      return scenario(kind, `${keras} behind a convolution`, { model: { layers } });
    });
};

type LayerTable = (typeof layerFormulas)[LayerKind] & { readonly flattens?: true };

const numClasses = datasetOf(parseRunConfig({}).dataset).classNames.length;

/** The tutorial with each data set that needs no download. */
const ofDatasets = (): Scenario[] =>
  entriesOf(datasetLoaders)
    .filter(([, { kind }]) => kind === 'drawn')
    .map(([dataset]: [DatasetName, unknown]) =>
      scenario(dataset, `the tutorial on ${datasetOf(dataset).title}`, { dataset }),
    );

/** A scenario for each member of a family that the written ones lack; a new name in a table of formulas.ts adds one. */
export const derivedScenarios: readonly Scenario[] = [
  ...ofOptimizers(),
  ...ofLosses(),
  ...ofLayers(),
  ...ofDatasets(),
];
