import { ConfigError, type LayerSpec, type ModelSpec } from '@dropout-lab/contracts';

/** A layer of a spec with its name in the model, and the layers in it. */
export interface NamedLayer {
  readonly name: string;
  readonly settings: LayerSpec;
  /** The name of its stream of random numbers: its number among the layers of its kind, from 1, or the name in the spec. */
  readonly stream: string;
  readonly inner: readonly NamedLayer[];
  /** The layers of a residual block's shortcut. */
  readonly shortcut: readonly NamedLayer[];
}

/** Returns the name of the layer that drops the layers of a residual block. */
export const dropNameOf = (residual: string): string => `${residual}_dropout`;

/** Of a model, those within others included: ResNet-110 has some 400. Thousands take minutes to be built, and more than the stack. */
const MOST_LAYERS = 2000;

/** The names of the model's input and of the layer that transposes it. */
const reserved: readonly string[] = ['input', 'permute'];

/**
 * The layers of a spec under the names that Keras would give them: `conv2d`, `conv2d_1`, … in the order in which they
 * are called; layers that the spec names are not counted.
 *
 * @throws ConfigError when two layers have one name, or there are too many.
 */
export const namedLayers = ({ layers }: Pick<ModelSpec, 'layers'>): NamedLayer[] => {
  const counts = new Map<string, number>();
  const taken = new Set(reserved);
  const nameOf = ({ kind, name }: LayerSpec): Pick<NamedLayer, 'name' | 'stream'> => {
    const place = counts.get(kind) ?? 0;
    if (name === null) counts.set(kind, place + 1);
    const named =
      name === null
        ? { name: place === 0 ? kind : `${kind}_${place}`, stream: `${place + 1}` }
        : {
            name,
            // Runs of 0.1.0 drew the masks of the input from this stream.
            stream: name === 'input_dropout' ? 'input' : name,
          };
    take(named.name);
    return named;
  };
  const take = (name: string): void => {
    if (taken.has(name)) {
      throw new ConfigError(
        `model spec: layers: expected a name of its own for each layer, other than ${reserved.join(' and ')}, received "${name}"${reserved.includes(name) ? '' : ' twice'}`,
        ['layers'],
      );
    }
    taken.add(name);
  };
  let count = 0;
  const namedOf = (settings: LayerSpec): NamedLayer => {
    if (++count > MOST_LAYERS) {
      throw new ConfigError(
        `model spec: layers: expected at most ${MOST_LAYERS} layers, those within others included, received more: use fewer`,
        ['layers'],
      );
    }
    if (settings.kind !== 'residual') return { ...nameOf(settings), settings, inner: [], shortcut: [] };
    const inner = settings.layers.map(namedOf);
    const shortcut = settings.shortcut.map(namedOf);
    const named = nameOf(settings);
    if (settings.dropRate > 0) take(dropNameOf(named.name));
    return { ...named, settings, inner, shortcut };
  };
  return layers.map(namedOf);
};

/** All layers, those within others included, in the order in which they are called. */
export const flattened = (layers: readonly NamedLayer[]): NamedLayer[] =>
  layers.flatMap((layer) => [...flattened(layer.inner), ...flattened(layer.shortcut), layer]);
