import { InterchangeError } from '../errors.ts';
import { isObject, type JsonObject, type KerasObject, readKerasObject, shown } from '../objects.ts';

/** A layer in Keras's configuration of a model, with the layers whose outputs it takes. */
export interface KerasNode {
  readonly name: string;
  readonly className: string;
  readonly config: JsonObject;
  readonly inputs: readonly string[];
}

/** More than any model that is trained here; a configuration of more would take long to be refused. */
const MOST_LAYERS = 2000;

/**
 * Returns the layers of a model in the order in which they are computed, the input first.
 *
 * @param where The archive's name, for errors.
 * @throws InterchangeError for another kind of model, several inputs or outputs, or a layer that is used twice.
 */
export const nodesOf = ({ className, config }: KerasObject, where: string): readonly KerasNode[] => {
  if (className !== 'Sequential' && className !== 'Functional') {
    throw new InterchangeError(
      `${where}: expected a Sequential or a functional model, found ${shown(className)}: build it with keras.Sequential or keras.Model(inputs, outputs), and save it again`,
    );
  }
  const { layers } = config;
  if (!Array.isArray(layers) || layers.length < 2 || layers.length > MOST_LAYERS) {
    const found = Array.isArray(layers) ? `${layers.length}` : shown(layers);
    throw new InterchangeError(`${where}: expected from 2 to ${MOST_LAYERS} layers, found ${found}`);
  }
  const nodes = layers.map((layer, i) => ({ ...readNode(layer, i, where), layer: layer as JsonObject }));
  const names = new Set(nodes.map(({ name }) => name));
  if (names.size < nodes.length) {
    throw new InterchangeError(`${where}: expected a name of its own for each layer, found one twice`);
  }
  if (className === 'Sequential') {
    return nodes.map(({ layer: _, ...node }, i) => ({
      ...node,
      inputs: i === 0 ? [] : [nodes[i - 1]!.name],
    }));
  }
  const connected = nodes.map(({ layer, ...node }) => ({
    ...node,
    inputs: inputsOf(layer, `${where}: ${shown(node.name)}`),
  }));
  return inOrder(connected, config, where);
};

const readNode = (layer: unknown, place: number, where: string) => {
  const { className, config } = readKerasObject(layer, `${where}: layers[${place}]`);
  const { name } = config;
  if (typeof name === 'string' && name !== '') return { name, className, config };
  throw new InterchangeError(`${where}: layers[${place}]: expected a name, found ${shown(name)}`);
};

/** The names of the layers whose outputs a layer of a functional model takes. */
const inputsOf = (layer: JsonObject, where: string): readonly string[] => {
  const { inbound_nodes: calls = [] } = layer;
  if (!Array.isArray(calls) || calls.length > 1) {
    const found = Array.isArray(calls) ? `${calls.length} calls` : shown(calls);
    throw new InterchangeError(`${where}: expected a layer that is called once, found ${found}`);
  }
  if (calls.length === 0) return [];
  const call: unknown = calls[0];
  if (!isObject(call) || !Array.isArray(call['args'])) {
    throw new InterchangeError(`${where}: expected a call as Keras 3 saves it, found ${shown(call)}`);
  }
  for (const [key, value] of Object.entries(isObject(call['kwargs']) ? call['kwargs'] : {})) {
    if (value === null || value === false) continue;
    throw new InterchangeError(
      `${where}: expected a call without ${shown(key)}, found ${shown(value)}: dropout-lab calls layers with their input alone`,
    );
  }
  const tensors = call['args'].flat();
  return tensors.map((tensor: unknown) => {
    const history =
      isObject(tensor) && isObject(tensor['config']) ? tensor['config']['keras_history'] : undefined;
    const [name, ...indices] = Array.isArray(history) ? (history as unknown[]) : [];
    if (typeof name === 'string' && `${indices}` === '0,0') return name;
    throw new InterchangeError(
      `${where}: expected the output of a layer that is called once, found ${shown(history ?? tensor)}`,
    );
  });
};

/** The name in `["name", 0, 0]` or `[["name", 0, 0]]`. */
const nameOfEnd = (end: unknown, key: string, where: string): string => {
  const one: unknown = Array.isArray(end) && end.length === 1 ? end[0] : end;
  const [name] = Array.isArray(one) ? (one as unknown[]) : [];
  if (typeof name === 'string') return name;
  throw new InterchangeError(
    `${where}: ${key}: expected one, found ${shown(end)}: dropout-lab trains models of one input and one output`,
  );
};

/** Puts the layers that the output depends on behind those that they take. */
const inOrder = (nodes: readonly KerasNode[], config: JsonObject, where: string): KerasNode[] => {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const input = nameOfEnd(config['input_layers'], 'input_layers', where);
  const output = nameOfEnd(config['output_layers'], 'output_layers', where);
  const waiting = new Map<string, number>();
  const readers = new Map<string, string[]>();
  for (const { name, inputs, className } of nodes) {
    const place = `${where}: ${shown(name)}`;
    const most = className === 'Add' ? 2 : 1;
    const expected = name === input ? 0 : most;
    if (inputs.length !== expected) {
      throw new InterchangeError(
        `${place}: expected ${expected} ${expected === 1 ? 'input' : 'inputs'} of a layer of the class ${className}, found ${inputs.length}: dropout-lab has chains of layers, and residual blocks of two summands`,
      );
    }
    waiting.set(name, inputs.length);
    for (const from of inputs) {
      if (!byName.has(from))
        throw new InterchangeError(`${place}: expected a layer ${shown(from)}, found none`);
      readers.set(from, [...(readers.get(from) ?? []), name]);
    }
  }
  const ordered: KerasNode[] = [];
  const ready = [input];
  for (let name = ready.pop(); name !== undefined; name = ready.pop()) {
    const node = byName.get(name);
    if (node === undefined)
      throw new InterchangeError(`${where}: expected a layer ${shown(name)}, found none`);
    ordered.push(node);
    for (const reader of readers.get(name) ?? []) {
      const left = waiting.get(reader)! - 1;
      waiting.set(reader, left);
      if (left === 0) ready.push(reader);
    }
  }
  if (ordered.length < nodes.length || ordered.at(-1)?.name !== output) {
    const found = nodes.find((node) => !ordered.includes(node))?.name ?? ordered.at(-1)!.name;
    throw new InterchangeError(
      `${where}: expected layers between the input ${shown(input)} and the output ${shown(output)}, found ${shown(found)} beside them`,
    );
  }
  return ordered;
};
