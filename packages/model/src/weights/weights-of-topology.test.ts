import type { LayerInput } from '@dropout-lab/contracts';
import { memory } from '@tensorflow/tfjs-core';
import { model as functional, input, type LayersModel, layers, sequential } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { allWeights, buildModel, ModelError, parseModelSpec, weightsOfTopology } from '../index.ts';
import { layerTable } from '../layers/table.ts';

type Topology = Record<string, unknown>;
/** As it is read from a model.json. */
const topologyOf = (model: LayersModel): Topology => JSON.parse(model.toJSON(null, true) as string);

const chain: LayerInput[] = [
  { kind: 'rescaling', scale: 2, offset: -1 },
  { kind: 'normalization', mean: [0.1, 0.2, 0.3], variance: 0.06 },
  { kind: 'gaussian_noise', stddev: 0.1 },
  { kind: 'conv2d', filters: 4, kernelSize: 2, strides: 2, useBias: false },
  { kind: 'conv2d', filters: 5, padding: 'same', dropConnect: 0.2 },
  { kind: 'batch_normalization', center: false },
  { kind: 'activation', activation: 'gelu_approximate' },
  { kind: 'spatial_dropout2d', rate: 0.1 },
  { kind: 'max_pooling2d', poolSize: 2 },
  { kind: 'average_pooling2d', poolSize: 2, strides: 1, padding: 'same' },
  { kind: 'layer_normalization', scale: false },
  { kind: 'gaussian_dropout', rate: 0.1 },
  { kind: 'flatten' },
  { kind: 'dense', units: 6, dropConnect: 0.5, activation: 'selu' },
  { kind: 'alpha_dropout', rate: 0.1 },
  { kind: 'dropout', rate: 0.5, noiseShape: [null, 1] },
  { kind: 'dense', units: 3, activation: 'softmax' },
];
const graph: LayerInput[] = [
  {
    kind: 'residual',
    dropRate: 0.1,
    layers: [{ kind: 'conv2d', filters: 4, padding: 'same' }, { kind: 'batch_normalization' }],
    shortcut: [{ kind: 'conv2d', filters: 4, kernelSize: 1 }],
  },
  { kind: 'conv2d', filters: 2 },
  { kind: 'global_average_pooling2d' },
  { kind: 'dense', units: 3, activation: 'softmax' },
];
const pooled: LayerInput[] = [
  { kind: 'global_max_pooling2d' },
  { kind: 'dense', units: 3, activation: 'softmax' },
];

const build = (list: LayerInput[], dataFormat: 'channels_last' | 'channels_first' = 'channels_last') =>
  buildModel(parseModelSpec({ inputShape: [8, 8, 3], numClasses: 3, dataFormat, layers: list }), 3);

describe('the weights of a topology', () => {
  test.each([
    ['a chain', () => build(chain)],
    ['channels first', () => build(chain, 'channels_first')],
    ['a graph', () => build(graph)],
    ['channels first and a graph', () => build(graph, 'channels_first')],
    ['no weights but those of the end', () => build(pooled)],
    [
      'a first layer that has the input',
      () => sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] }),
    ],
  ])('are those of the model that is built: %s', (_, make) => {
    const model = make();
    const expected = allWeights(model).map(({ name, variable }) => ({ name, shape: variable.shape }));
    const topology = topologyOf(model);
    model.dispose();
    const before = memory().numTensors;
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    expect([...weightsOfTopology(topology, 'model.json')].sort(byName)).toEqual(expected.sort(byName));
    expect(weightsOfTopology({ model_config: topology }, 'model.json')).toHaveLength(expected.length);
    expect(memory().numTensors).toBe(before);
  });

  test('of every kind of layer', () => {
    const kinds = new Set([...chain, ...graph, ...pooled].map(({ kind }) => kind));
    expect([...kinds].sort()).toEqual(Object.keys(layerTable).sort());
  });
});

/** A chain of layers behind an input of 8 x 8 x 3. */
const chainOf = (...behind: [className: string, config: object][]): Topology => ({
  class_name: 'Sequential',
  config: {
    name: 'convnet',
    layers: [
      { class_name: 'InputLayer', config: { batch_input_shape: [null, 8, 8, 3], name: 'input' } },
      ...behind.map(([class_name, config]) => ({ class_name, config })),
    ],
  },
});

describe('a topology that asks for much', () => {
  const conv2d = (name: string, filters: number): [string, object] => [
    'Conv2D',
    { name, filters, kernel_size: [3, 3] },
  ];
  test('is only added up', () => {
    const before = memory().numTensors;
    expect(
      weightsOfTopology(
        chainOf(
          conv2d('a', 2 ** 20),
          conv2d('b', 2 ** 20),
          ['Flatten', { name: 'f' }],
          ['Dense', { name: 'd', units: 2 ** 24, use_bias: false }],
        ),
        'model.json',
      ),
    ).toEqual([
      { name: 'a/kernel', shape: [3, 3, 3, 2 ** 20] },
      { name: 'a/bias', shape: [2 ** 20] },
      { name: 'b/kernel', shape: [3, 3, 2 ** 20, 2 ** 20] },
      { name: 'b/bias', shape: [2 ** 20] },
      { name: 'd/kernel', shape: [16 * 2 ** 20, 2 ** 24] },
    ]);
    expect(memory().numTensors).toBe(before);
  });
});

describe('a topology is refused', () => {
  const within = (): Topology => {
    const inner = topologyOf(
      sequential({ name: 'inner', layers: [layers.dense({ units: 2, inputShape: [3] })] }),
    );
    return chainOf(['Sequential', inner['config'] as object]);
  };
  /** A graph of an input and two layers, changed. */
  const graphWith =
    (change: (second: Record<string, unknown>, first: Record<string, unknown>) => void) => (): Topology => {
      const x = input({ name: 'x', shape: [8, 8, 3] });
      const flat = layers.flatten({ name: 'flat' });
      const dense = layers.dense({ name: 'dense', units: 2 });
      const model = functional({ inputs: x, outputs: dense.apply(flat.apply(x)) as typeof x });
      const topology = topologyOf(model);
      model.dispose();
      const [, first, second] = (topology['config'] as { layers: Record<string, unknown>[] }).layers;
      change(second!, first!);
      return topology;
    };

  test.each<[string, () => object, string]>([
    ['nothing', () => ({}), 'model.json: expected the modelTopology of a model of layers, found another'],
    [
      'a layer',
      () => ({ class_name: 'Dense', config: { layers: [] } }),
      'modelTopology of a model of layers',
    ],
    [
      'an unknown layer',
      () => chainOf(['Lambda', { name: 'l' }]),
      'expected layers that TensorFlow.js and dropout-lab have, found "Lambda"',
    ],
    ['a class of another kind', () => chainOf(['Zeros', {}]), 'found "Zeros"'],
    ['a name of every object', () => chainOf(['constructor', {}]), 'found "constructor"'],
    [
      'two of one name',
      () => chainOf(['Flatten', { name: 'f' }], ['Flatten', { name: 'f' }]),
      'model.json: f: expected a name for each layer, found two layers of this one',
    ],
    [
      'a layer without its settings',
      () => chainOf(['Dense', { name: 'd' }]),
      'model.json: d: expected settings of a layer, found others: ',
    ],
    [
      'units that are no number',
      () => chainOf(['Dense', { name: 'd', units: -3 }]),
      'd: expected settings of a layer',
    ],
    [
      'units of a fraction',
      () => chainOf(['Conv2D', { name: 'c', filters: 1.5, kernel_size: [1, 1] }]),
      'c: expected settings of a layer',
    ],
    [
      'a window that does not fit',
      () => chainOf(['Conv2D', { name: 'c', filters: 2, kernel_size: [9, 9] }]),
      'model.json: c: expected a layer that can be built, found the shape [,0,0,2]',
    ],
    [
      'no input',
      () => ({ class_name: 'Sequential', config: [{ class_name: 'Flatten', config: { name: 'f' } }] }),
      'f: expected a layer that can be built, found no input',
    ],
    ['a model within', within, 'expected layers without layers within, found "Sequential"'],
    [
      'a model within a wrapper',
      () => chainOf(['TimeDistributed', { name: 't', layer: within() }]),
      'found "TimeDistributed"',
    ],
    ['a cell', () => chainOf(['LSTM', { name: 'l', units: 2 ** 20 }]), 'found "LSTM"'],
    [
      'an input from nowhere',
      graphWith((second) => {
        second['inbound_nodes'] = [[['no', 0, 0, {}]]];
      }),
      'model.json: dense: expected a layer behind its inputs, found one whose input is no',
    ],
    [
      'a circle',
      graphWith((_, first) => {
        first['inbound_nodes'] = [[['dense', 0, 0, {}]]];
      }),
      'flat: expected a layer behind its inputs, found one whose input is dense',
    ],
    [
      'a use that there is not',
      graphWith((second) => {
        second['inbound_nodes'] = [[['flat', 1, 0, {}]]];
      }),
      '"dense": expected a layer that is used once',
    ],
    [
      'two names',
      graphWith((second) => {
        second['name'] = 'other';
      }),
      '"other": expected a layer that is used once',
    ],
  ])('that has %s', (_, make, message) => {
    const topology = make();
    const before = memory().numTensors;
    const reading = () => weightsOfTopology(topology, 'model.json');
    expect(reading).toThrow(ModelError);
    expect(reading).toThrow(message);
    expect(memory().numTensors).toBe(before);
  });
});
