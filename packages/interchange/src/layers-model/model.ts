import { ConfigError, type NamedArray, parseJson } from '@dropout-lab/contracts';
import { io, type Tensor } from '@tensorflow/tfjs-core';
import { InterchangeError } from '../errors.ts';
import { NAME, readLayers, type SavedLayers } from '../keras/architecture.ts';
import { type KerasNode, nodesOf } from '../keras/nodes.ts';
import { isObject, type JsonObject, readKerasObject, shown } from '../objects.ts';
import { requireFinite } from '../require-finite.ts';
import { readManifest, requireOnce, type WeightGroup } from './manifest.ts';
import { inKerasForm } from './topology.ts';

/** A LayersModel of TensorFlow.js, as its `model.json` describes it. */
export interface DescribedLayersModel extends SavedLayers {
  /** The paths of the files with its weights. */
  readonly weightFiles: readonly string[];
  /** The number of its weights. */
  readonly weights: number;
  /**
   * Returns its weights from the contents of those files, by path; quantized ones as the numbers that they stand for.
   *
   * @throws InterchangeError when a file is missing or of another length, or a weight is not finite.
   */
  readonly decodeWeights: (files: ReadonlyMap<string, Uint8Array>) => Promise<NamedArray[]>;
}

/** The value of `generatedBy` in our own. */
const OURS = 'dropout-lab';

/**
 * Reads a `model.json` of TensorFlow.js, as `model.save()` writes it, Keras's converter, or dropout-lab: a Sequential or a
 * functional model that is a chain of layers that dropout-lab has, and residual blocks, each ended by an Add. Its weights are
 * decoded on the backend that runs.
 *
 * @param where The file's name, for errors.
 * @throws InterchangeError naming the first layer, argument, connection or weight that dropout-lab lacks.
 */
export const decodeLayersModel = (text: string, where: string): DescribedLayersModel => {
  const file = jsonOf(text, where);
  requireLayers(file, where);
  const isOurs = file['generatedBy'] === OURS;
  const model = inKerasForm(file['modelTopology'], isOurs);
  const found = nodesOf(readKerasObject(model, `${where}: modelTopology`), where);
  const names = namesOf(found);
  const groups = readManifest(file['weightsManifest'], where).map((group) => named(group, names));
  const listed = groups.flatMap(({ weights }) => weights).filter(({ isOfOptimizer }) => !isOfOptimizer);
  const paths = new Set<string>();
  for (const { name } of listed) requireOnce(paths, name, `${where}: weightsManifest`);
  return {
    ...readLayers(
      found.map((node) => ({
        ...node,
        name: names.get(node.name)!,
        inputs: node.inputs.map((name) => names.get(name)!),
      })),
      where,
      isOurs,
    ),
    weightFiles: groups.flatMap(({ paths }) => paths),
    weights: listed.reduce((sum, { shape }) => sum + shape.reduce((size, length) => size * length, 1), 0),
    decodeWeights: async (files) => {
      const arrays: NamedArray[] = [];
      for (const group of groups) arrays.push(...(await decodeGroup(group, files, where)));
      requireFinite(arrays, where);
      return arrays;
    },
  };
};

const jsonOf = (text: string, where: string): JsonObject => {
  try {
    const value = parseJson(text, where);
    if (isObject(value)) return value;
    throw new InterchangeError(`${where}: expected an object with modelTopology, found ${shown(value)}`);
  } catch (cause) {
    throw cause instanceof ConfigError ? new InterchangeError(cause.message, { cause }) : cause;
  }
};

/** @throws InterchangeError for a graph, which has operations and no layers. */
const requireLayers = (
  { format = 'layers-model', modelTopology: topology }: JsonObject,
  where: string,
): void => {
  const isGraph = isObject(topology) && 'node' in topology;
  if (format === 'layers-model' && !isGraph && topology !== undefined) return;
  const found = isGraph || format === 'graph-model' ? 'a graph of operations' : shown(format);
  throw new InterchangeError(
    topology === undefined
      ? `${where}: expected a model with its layers in modelTopology, found none: save it with model.save(), or convert it from Keras to a tfjs_layers_model`
      : `${where}: expected a model of layers, found ${found}: save it with model.save(), or convert it from Keras to a tfjs_layers_model`,
  );
};

/** Names that layers can have here, by the file's own. */
const namesOf = (nodes: readonly KerasNode[]): ReadonlyMap<string, string> => {
  const taken = new Set(nodes.map(({ name }) => name).filter((name) => NAME.test(name)));
  return new Map(
    nodes.map(({ name }) => {
      if (NAME.test(name)) return [name, name];
      const plain = name.replaceAll(/[^\w-]/g, '_').replace(/^(?![A-Za-z])/, 'layer_');
      let free = plain;
      for (let time = 1; taken.has(free); time++) free = `${plain}_${time}`;
      taken.add(free);
      return [name, free];
    }),
  );
};

/** Gives the weights of a group their names here: `layer/variable`, behind which the file may have the names of models around the layer. */
const named = (group: WeightGroup, names: ReadonlyMap<string, string>): WeightGroup => ({
  ...group,
  weights: group.weights.map((weight) => {
    const parts = weight.name.split('/');
    const [variable] = parts.splice(-1);
    // The longest name first: one with a slash ends as another without does.
    for (let from = 0; from < parts.length; from++) {
      const name = names.get(parts.slice(from).join('/'));
      if (name !== undefined) return { ...weight, name: `${name}/${variable}` };
    }
    return weight;
  }),
});

const decodeGroup = async (
  { paths, weights, bytes }: WeightGroup,
  files: ReadonlyMap<string, Uint8Array>,
  where: string,
): Promise<NamedArray[]> => {
  const contents = paths.map((path) => {
    const content = files.get(path);
    if (content !== undefined) return content;
    throw new InterchangeError(`${where}: expected the file ${path} with its weights, found none: give both`);
  });
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  if (length !== bytes) {
    throw new InterchangeError(
      `${where}: expected ${bytes} bytes of weights in ${paths.length === 1 ? paths[0] : `${paths.length} files from ${paths[0]} on`}, found ${length}: copy the files again`,
    );
  }
  const whole = new Uint8Array(length);
  let place = 0;
  for (const content of contents) {
    whole.set(content, place);
    place += content.length;
  }
  const tensors = Object.entries(io.decodeWeights(whole.buffer, numbered(weights)));
  const arrays: NamedArray[] = [];
  for (const [number, tensor] of tensors) {
    const { name, shape, isOfOptimizer } = weights[Number(number)]!;
    if (!isOfOptimizer) arrays.push({ name, shape, values: await valuesOf(tensor) });
    tensor.dispose();
  }
  return arrays;
};

/** By their places: names of a file would be keys of an object, and `__proto__` is a name. */
const numbered = (weights: WeightGroup['weights']): io.WeightsManifestEntry[] =>
  weights.map(({ isOfOptimizer: _, shape, ...weight }, i) => ({
    ...(weight as io.WeightsManifestEntry),
    name: `${i}`,
    shape: [...shape],
  }));

/** A copy: some backends hand out views of memory that the next operation overwrites. */
const valuesOf = async (tensor: Tensor): Promise<Float32Array> => (await tensor.data<'float32'>()).slice();
