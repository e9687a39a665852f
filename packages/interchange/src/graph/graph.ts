import type { LayerKind, LayerSpec, ModelSpec } from '@dropout-lab/contracts';
import { dropNameOf, type NamedLayer, namedLayers, outputShapes, type Shape } from '@dropout-lab/model';

/** The settings of an operation that a model has without a layer of its spec. */
type ImplicitSettings =
  | { readonly kind: 'input' }
  /** Channels first to channels last. */
  | { readonly kind: 'permute' }
  /** Leaves the layers of a residual block out in training. */
  | { readonly kind: 'stochastic_depth'; readonly rate: number };

/** The kind and the settings of an operation. */
export type OperationSettings = LayerSpec | ImplicitSettings;
/** The kind of an operation. */
export type OperationKind = LayerKind | ImplicitSettings['kind'];
/** The settings of an operation of a kind. */
export type OperationOf<Kind extends OperationKind> = Extract<OperationSettings, { kind: Kind }>;

const implicit = { input: true, permute: true, stochastic_depth: true } satisfies {
  readonly [Kind in ImplicitSettings['kind']]: true;
};

/** Whether an operation is a layer of the spec. */
export const isLayer = (settings: OperationSettings): settings is LayerSpec => !(settings.kind in implicit);

/** An operation of a model with the operations whose outputs it takes. */
export interface Operation {
  readonly name: string;
  readonly settings: OperationSettings;
  /** The names of what it takes: none for the input, shortcut and layers for a residual block, else one. */
  readonly inputs: readonly string[];
  /** The shape of its output for an image. */
  readonly shape: Shape;
}

/**
 * Returns the operations of a model in the order in which they are computed, the input first and the output last: a residual
 * block is the sum that ends it, behind the operations of its shortcut and of its layers.
 */
export const operationsOf = (spec: ModelSpec): Operation[] => {
  const shapes = outputShapes(spec);
  const [height, width, channels] = spec.inputShape;
  const isFirst = spec.dataFormat === 'channels_first';
  const operations: Operation[] = [
    {
      name: 'input',
      settings: { kind: 'input' },
      inputs: [],
      shape: isFirst ? [channels, height, width] : [height, width, channels],
    },
  ];
  const add = (operation: Operation): string => {
    operations.push(operation);
    return operation.name;
  };
  const images = isFirst
    ? add({ name: 'permute', settings: { kind: 'permute' }, inputs: ['input'], shape: spec.inputShape })
    : 'input';
  const through = (chain: readonly NamedLayer[], from: string): string =>
    chain.reduce((before, layer) => {
      const { name, settings } = layer;
      const inputs = settings.kind === 'residual' ? summands(layer, settings.dropRate, before) : [before];
      return add({ name, settings, inputs, shape: shapes.get(name)! });
    }, from);
  const summands = ({ name, inner, shortcut }: NamedLayer, rate: number, from: string): string[] => {
    const output = through(inner, from);
    const past = through(shortcut, from);
    if (rate === 0) return [past, output];
    const drop = { kind: 'stochastic_depth', rate } as const;
    return [
      past,
      add({ name: dropNameOf(name), settings: drop, inputs: [output], shape: shapes.get(name)! }),
    ];
  };
  through(namedLayers(spec), images);
  return operations;
};

/**
 * Returns operations in the order of `model.layers` of Keras's functional model: by their distance to the output, the longest
 * first; of two at one distance the one that is found first on the way back from the output.
 *
 * @param operations In the order in which they are computed, as {@link operationsOf} returns them.
 * @see function.py of Keras, `map_graph`.
 */
export const inKerasOrder = (operations: readonly Operation[]): Operation[] => {
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  const found = new Map<string, number>();
  const distance = new Map<string, number>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    found.set(name, found.size);
    for (const input of byName.get(name)!.inputs) visit(input);
  };
  visit(operations.at(-1)!.name);
  for (const { name, inputs } of operations.toReversed()) {
    const next = (distance.get(name) ?? 0) + 1;
    for (const input of inputs) distance.set(input, Math.max(next, distance.get(input) ?? 0));
  }
  const distanceOf = ({ name }: Operation): number => distance.get(name) ?? 0;
  return operations.toSorted(
    (a, b) => distanceOf(b) - distanceOf(a) || found.get(a.name)! - found.get(b.name)!,
  );
};
