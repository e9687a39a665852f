import type { LayerInput, LayerKind } from '@dropout-lab/contracts';
import { dropNameOf } from '@dropout-lab/model';
import { DESCRIBED } from '../described-data.ts';
import { InterchangeError } from '../errors.ts';
import { isObject, readKerasObject, shown } from '../objects.ts';
import { archived, findArchivedJson, lengthOfArchived, readArchivedJson } from './archive.ts';
import { type KerasNode, nodesOf } from './nodes.ts';
import { isForTraining, readLayer } from './read-layer.ts';
import { forUnitPixels } from './unit-pixels.ts';

/** The layers of a model that another program has saved. */
export interface SavedLayers {
  /** The model for `parseModelSpec`, which checks it. */
  readonly model: {
    readonly inputShape: [number, number, number];
    readonly numClasses: number;
    readonly dataFormat: 'channels_last' | 'channels_first';
    readonly layers: LayerInput[];
  };
  /** A sentence for each setting that was left out, since it matters to a training alone, or read as another, and on its pixels. */
  readonly notes: readonly string[];
}

/** The layers of a model that Keras has saved. */
export interface KerasArchitecture extends SavedLayers {
  /** Length of the file of weights: the layers cannot have more than it has room for. */
  readonly weightBytes: number;
}

/**
 * Reads the layers in a `.keras` archive of Keras 3, a Sequential or a functional model: a chain of layers that dropout-lab has,
 * and residual blocks, each ended by an Add. Its weights are read by `decodeKerasWeights`.
 *
 * @param where The archive's name, for errors.
 * @throws InterchangeError naming the first layer, argument or connection that dropout-lab lacks.
 */
export const decodeKerasArchitecture = (bytes: Uint8Array, where: string): KerasArchitecture => {
  const config = readArchivedJson(bytes, archived.config, where);
  const nodes = nodesOf(readKerasObject(config, `${where}: ${archived.config}`), where);
  const metadata = findArchivedJson(bytes, archived.metadata, where);
  const isOurs = isObject(metadata) && DESCRIBED in metadata;
  return {
    ...readLayers(nodes, where, isOurs),
    weightBytes: lengthOfArchived(bytes, archived.weights, where),
  };
};

/**
 * Reads the layers of a model from its nodes.
 *
 * @param found In the order in which they are computed, the input first.
 * @param isOurs Whether dropout-lab wrote the file, so that the model takes pixels from 0 to 1.
 * @throws InterchangeError naming the first layer, argument or connection that dropout-lab lacks.
 */
export const readLayers = (found: readonly KerasNode[], where: string, isOurs: boolean): SavedLayers => {
  const nodes = withLastAxis(found);
  const notes: string[] = [];
  const [input, first] = nodes as [KerasNode, KerasNode | undefined];
  const shape = inputShapeOf(input, where);
  const isFirst = first?.className === 'Permute' && `${first.config['dims']}` === '2,3,1';
  const saved = layersOf(nodes.slice(isFirst ? 1 : 0), where, (text) => notes.push(text));
  const { layers, note } = isOurs ? { layers: saved } : forUnitPixels(saved, where);
  if (note !== undefined) notes.push(note);
  const last = layers.findLast(
    (layer): layer is Extract<LayerInput, { kind: 'dense' }> => layer.kind === 'dense',
  );
  if (typeof last?.units !== 'number') {
    throw new InterchangeError(`${where}: expected a Dense layer with a unit for each class, found none`);
  }
  const [a, b, c] = shape;
  return {
    model: {
      inputShape: isFirst ? [b, c, a] : shape,
      numClasses: last.units,
      dataFormat: isFirst ? 'channels_first' : 'channels_last',
      layers,
    },
    notes,
  };
};

/** Whether a class of layers makes one row of numbers of an image. */
const isFlattening = (className: string): boolean =>
  /^(Flatten|Global(Average|Max)Pooling2D)$/.test(className);

/** Writes -1 for the axis of a normalization that is its input's last: Keras 2 and TensorFlow.js count it, which depends on the input. */
const withLastAxis = (nodes: readonly KerasNode[]): KerasNode[] => {
  const lastAxes = new Map<string, number>();
  return nodes.map((node) => {
    const { name, className, config, inputs } = node;
    const lastAxis = lastAxes.get(inputs[0]!) ?? 3;
    lastAxes.set(name, isFlattening(className) ? 1 : lastAxis);
    const isCounted = /Normalization$/.test(className) && `${config['axis']}` === `${lastAxis}`;
    return isCounted ? { ...node, config: { ...config, axis: -1 } } : node;
  });
};

const inputShapeOf = ({ className, config, name }: KerasNode, where: string): [number, number, number] => {
  const place = `${where}: ${shown(name)}`;
  if (className !== 'InputLayer') {
    throw new InterchangeError(
      `${place}: expected the model to begin with the shape of its input, found ${className}: call the model on an image, or begin it with keras.Input, and save it again`,
    );
  }
  const { dtype = 'float32', batch_shape: shape } = config;
  if (dtype !== 'float32') {
    throw new InterchangeError(
      `${place}: expected an input of float32, 0 to 1, found ${shown(dtype)}: dropout-lab scales bytes itself`,
    );
  }
  const [, ...sizes] = Array.isArray(shape) ? (shape as unknown[]) : [];
  if (sizes.length === 3 && sizes.every((size) => Number.isSafeInteger(size))) {
    return sizes as [number, number, number];
  }
  throw new InterchangeError(
    `${place}: expected images of one height, width and number of channels, found the shape ${shown(shape)}`,
  );
};

/** The layers from behind the first node, which is the input, to the last one. */
const layersOf = (nodes: readonly KerasNode[], where: string, note: (text: string) => void): LayerInput[] => {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const source = nodes[0]!.name;
  const before = dominators(nodes);
  const seen = new Set<string>();
  const names = namer();

  /** The layers on the way from behind one node to another. */
  const chain = (from: string, to: string): LayerInput[] => {
    const steps: KerasNode[] = [];
    for (let name = to; name !== from; name = before.get(name)!) {
      if (seen.has(name)) {
        throw new InterchangeError(
          `${where}: expected a chain of layers and residual blocks, found ${shown(name)} in two places: dropout-lab has no other graphs`,
        );
      }
      seen.add(name);
      steps.push(byName.get(name)!);
    }
    return steps.toReversed().flatMap((node) => {
      if (node.inputs.length !== 1) return [block(node)];
      if (isForTraining(node, where)) {
        note(
          `${where}: ${shown(node.name)} (${node.className}): it does nothing in prediction, and is left out`,
        );
        return [];
      }
      const layer = readLayer(node, where, note);
      return [{ ...layer, name: names.of(layer.kind, node.name) }];
    });
  };

  const block = (node: KerasNode): LayerInput => {
    const from = before.get(node.name)!;
    const [one, other] = node.inputs as [string, string];
    // Keras finds layers on the way back from the output by the order of the summands, so only the input itself may change its
    // place.
    const [past, output] = other === from && one !== from ? [other, one] : [one, other];
    const drop = byName.get(output)!;
    const isDrop = drop.name === dropNameOf(node.name) && isOfWholeImages(drop);
    if (isDrop) seen.add(drop.name);
    const layers = chain(from, isDrop ? drop.inputs[0]! : output);
    const shortcut = chain(from, past);
    if (layers.length === 0) {
      throw new InterchangeError(
        `${where}: ${shown(node.name)}: expected layers that something is added to, found none`,
      );
    }
    const dropRate = isDrop ? { dropRate: drop.config['rate'] as number } : {};
    return { kind: 'residual', name: names.of('residual', node.name), layers, shortcut, ...dropRate };
  };

  const layers = chain(source, nodes.at(-1)!.name);
  const unused = nodes.find(({ name }) => name !== source && !seen.has(name));
  if (unused === undefined) return layers;
  throw new InterchangeError(
    `${where}: expected a chain of layers and residual blocks, found ${shown(unused.name)} beside them: dropout-lab has no other graphs`,
  );
};

/** Whether a node drops the whole output for an image, or none of it. */
const isOfWholeImages = ({ className, config }: KerasNode): boolean => {
  const { noise_shape: shape } = config;
  return (
    className === 'Dropout' && Array.isArray(shape) && shape.every((size, i) => size === (i === 0 ? null : 1))
  );
};

/**
 * Returns for each node but the first the last node before it that everything on the way to it passes.
 *
 * @param nodes In the order in which they are computed.
 */
const dominators = (nodes: readonly KerasNode[]): ReadonlyMap<string, string> => {
  const before = new Map<string, string>();
  const place = new Map(nodes.map(({ name }, i) => [name, i]));
  for (const { name, inputs } of nodes) {
    if (inputs.length === 0) continue;
    const common = inputs.reduce((a, b) => {
      let [left, right] = [a, b];
      // What comes later cannot be before the other one.
      while (left !== right) {
        if (place.get(left)! > place.get(right)!) left = before.get(left)!;
        else right = before.get(right)!;
      }
      return left;
    });
    before.set(name, common);
  }
  return before;
};

/** The form of a layer's name here. */
export const NAME = /^[A-Za-z][\w-]*$/;

/** Leaves names out that layers get by themselves, so that a model of ours comes back as it was. */
const namer = () => {
  const counts = new Map<LayerKind, number>();
  return {
    of: (kind: LayerKind, name: string): string | null => {
      const count = counts.get(kind) ?? 0;
      const own = count === 0 ? kind : `${kind}_${count}`;
      if (name !== own && NAME.test(name)) return name;
      counts.set(kind, count + 1);
      return null;
    },
  };
};
