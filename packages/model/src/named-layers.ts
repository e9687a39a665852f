import { ConfigError, type LayerSpec, type ModelSpec } from '@dropout-lab/contracts';

/** A layer with the name that it has in its model, and those within it. */
export interface NamedLayer {
  readonly name: string;
  readonly settings: LayerSpec;
  /** Which of its kind it is, from 1; of a layer with a name of its own, that name without its kind: `input`. */
  readonly stream: string;
  readonly inner: readonly NamedLayer[];
}

/**
 * The layers of a spec under the names that Keras would give them: `conv2d`, `conv2d_1`, … in the order in which they
 * are called; those with a name of their own are not counted.
 *
 * @throws ConfigError when two layers have one name.
 */
export const namedLayers = ({ layers }: Pick<ModelSpec, 'layers'>): NamedLayer[] => {
  const counts = new Map<string, number>();
  const taken = new Set<string>();
  const nameOf = ({ kind, name }: LayerSpec): Pick<NamedLayer, 'name' | 'stream'> => {
    const place = counts.get(kind) ?? 0;
    if (name === null) counts.set(kind, place + 1);
    const named =
      name === null
        ? { name: place === 0 ? kind : `${kind}_${place}`, stream: `${place + 1}` }
        : { name, stream: name.replace(new RegExp(`_${kind}$`), '') };
    if (taken.has(named.name)) {
      throw new ConfigError(
        `model spec: layers: expected a name of its own for each layer, received "${named.name}" twice`,
        ['layers'],
      );
    }
    taken.add(named.name);
    return named;
  };
  const namedOf = (settings: LayerSpec): NamedLayer => {
    const inner = settings.kind === 'residual' ? settings.layers.map(namedOf) : [];
    return { ...nameOf(settings), settings, inner };
  };
  return layers.map(namedOf);
};

/** A layer and those within it, in the order in which they are called. */
export const flattened = (layers: readonly NamedLayer[]): NamedLayer[] =>
  layers.flatMap((layer) => [...flattened(layer.inner), layer]);
