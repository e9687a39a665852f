import { layers } from '@tensorflow/tfjs-layers';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { buildModel, defineLayer, parseModelSpec, readWeights } from '../index.ts';

const units = z.number().int().positive();
const mine = defineLayer({
  kind: 'mine',
  settings: { units },
  create: (settings, { name, seed }) =>
    layers.dense({
      name,
      units: settings.units,
      kernelInitializer: { className: 'GlorotUniform', config: { seed } } as never,
    }),
  outputShape: (settings) => [settings.units],
});
const specOf = (layer: object, own = mine) =>
  parseModelSpec(
    {
      inputShape: [4, 4, 1],
      numClasses: 3,
      layers: [{ kind: 'flatten' }, layer as never, { kind: 'dense', units: 3 }],
    },
    { layers: [own] },
  );

describe('a layer of one’s own', () => {
  test('starts with weights of its own initializer, a function of the seed', async () => {
    const kernelOf = async (seed: number) => {
      const model = buildModel(specOf({ kind: 'mine', units: 2 }), seed, { layers: [mine] });
      const { name, values } = (await readWeights(model))[0]!;
      model.dispose();
      expect(name).toBe('mine/kernel');
      return values;
    };
    const first = await kernelOf(1);
    expect(first.some((value) => value !== 0)).toBe(true);
    expect(await kernelOf(1)).toEqual(first);
    expect(await kernelOf(2)).not.toEqual(first);
  });

  test('without a seed for its weights is refused by name', () => {
    const unseeded = defineLayer({
      kind: 'unseeded',
      settings: { units },
      create: (settings, { name }) => layers.dense({ name, units: settings.units }),
      outputShape: (settings) => [settings.units],
    });
    const spec = specOf({ kind: 'unseeded', units: 2 }, unseeded);
    expect(() => buildModel(spec, 0, { layers: [unseeded] })).toThrow(
      'model spec: unseeded: kernelInitializer: expected a seed, received VarianceScaling without one',
    );
  });

  test.each<[object, string]>([
    [{ kind: 'mine', units: 0 }, 'model spec: layers[1].units: expected a number above 0, received 0'],
    [{ kind: 'mine' }, 'model spec: layers[1].units: expected a number, received nothing'],
    [
      { kind: 'mine', units: 2, unit: 1 },
      'model spec: layers[1].unit: expected one of the keys "kind", "name", "units"',
    ],
    [{ kind: 'min', units: 2 }, 'did you mean "mine"?'],
  ])('with the settings %j is refused in the usual words', (layer, message) => {
    expect(() => specOf(layer)).toThrow(message);
  });

  test('that the build does not know is refused', () => {
    expect(() => buildModel(specOf({ kind: 'mine', units: 2 }), 0)).toThrow('received "mine"');
  });

  const create = () => layers.flatten();
  test.each([
    ['dense', {}, 'expected a new name, received "dense", which is a built-in layer'],
    ['c++', {}, 'expected a kind of lower-case letters, digits and _'],
    ['fine', { name: units }, 'and settings other than kind and name, received "name"'],
  ])('of the kind %s with %j is refused', (kind, settings, message) => {
    expect(() => defineLayer({ kind, settings, create })).toThrow(message);
  });
});

test('names that the model itself has are refused, and two masks are never the same', () => {
  const named = (...names: string[]) =>
    parseModelSpec({
      inputShape: [4, 4, 1],
      numClasses: 2,
      layers: [
        ...names.map((name) => ({ kind: 'dropout' as const, name, rate: 0.5 })),
        { kind: 'flatten' },
        { kind: 'dense', units: 2 },
      ],
    });
  expect(() => buildModel(named('input'), 0)).toThrow('other than input and permute, received "input"');
  expect(() => buildModel(named('a', 'a'), 0)).toThrow('received "a" twice');
  const model = buildModel(named('a', 'a_dropout'), 0);
  const seeds = ['a', 'a_dropout'].map((name) => model.getLayer(name).getConfig()['seed']);
  expect(seeds[0]).not.toBe(seeds[1]);
  model.dispose();
});

test('a kind that is given twice, or a layer that has another name, is refused', () => {
  expect(() => parseModelSpec({}, { layers: [mine, mine] })).toThrow(
    'expected each kind once, received "mine" twice',
  );
  const nameless = defineLayer({ kind: 'nameless', settings: {}, create: () => layers.flatten() });
  const spec = specOf({ kind: 'nameless' }, nameless);
  expect(() => buildModel(spec, 0, { layers: [nameless] })).toThrow('pass on the name of the context');
});

test('a kernel that would not fit into memory is refused before it is made', () => {
  const spec = parseModelSpec({ units: [1e15] });
  expect(() => buildModel(spec, 0)).toThrow(
    'model spec: dense: expected a kernel of at most 268435456 weights',
  );
  const noise = parseModelSpec({ dropout: { noiseShape: [5, 1, 1, null] } });
  expect(() => buildModel(noise, 0)).toThrow('model spec: dropout: noiseShape: expected 4 entries');
});
