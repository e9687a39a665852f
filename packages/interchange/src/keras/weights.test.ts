import { readFile } from 'node:fs/promises';
import type { ModelInput } from '@dropout-lab/contracts';
import { buildModel, parseModelSpec, readWeights, writeWeights } from '@dropout-lab/model';
import * as tf from '@tensorflow/tfjs-core';
import { strToU8, zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { decodeKerasWeights, encodeKerasWeights, KerasWeightsError } from '../index.ts';
import { readHdf5, writeHdf5 } from './hdf5.ts';

/** A difference of 1e-6 between probabilities, which rounding on wasm comes close to. */
const DIGITS = -Math.log10(2e-6);

/** Settings of the model that fixtures/make_keras_weights.py saves. */
const settings: ModelInput = { inputShape: [12, 12, 3], filters: [2, 3], units: [4] };
const specOf = (changes: object = {}) => parseModelSpec({ ...settings, ...changes });
const spec = specOf();
const fixture = async (name: string): Promise<Uint8Array> =>
  new Uint8Array(await readFile(new URL(`../../fixtures/${name}`, import.meta.url)));

interface Reference {
  readonly weights: readonly { readonly shape: number[]; readonly values: number[] }[];
  readonly images: readonly number[];
  readonly probabilities: readonly number[];
}

const reference = async (): Promise<Reference> =>
  JSON.parse(new TextDecoder().decode(await fixture('keras.json')));

const weightsOf = async (changes: object = {}) => {
  const model = buildModel(specOf(changes), 7);
  const weights = await readWeights(model);
  model.dispose();
  return weights;
};

const bitsOf = (values: Float32Array): Uint32Array =>
  new Uint32Array(values.buffer, values.byteOffset, values.length);

describe.each(['keras.weights.h5', 'keras.keras'])('%s, saved by Keras', (file) => {
  test('is read to the bit, under our names', async () => {
    const { weights } = await reference();
    const read = await decodeKerasWeights(await fixture(file), await weightsOf(), spec, file);
    expect(read.map(({ name }) => name)).toEqual([
      'conv2d/kernel',
      'conv2d/bias',
      'conv2d_1/kernel',
      'conv2d_1/bias',
      'dense/kernel',
      'dense/bias',
      'logits/kernel',
      'logits/bias',
    ]);
    expect(read.map(({ shape }) => shape)).toEqual(weights.map(({ shape }) => shape));
    expect(read.map(({ values }) => bitsOf(values))).toEqual(
      weights.map(({ values }) => bitsOf(Float32Array.from(values))),
    );
  });

  test('makes our model answer as Keras does', async () => {
    const { images, probabilities } = await reference();
    const model = buildModel(spec, 0);
    writeWeights(model, await decodeKerasWeights(await fixture(file), await readWeights(model), spec, file));
    const answer = model.predict(tf.tensor4d(Float32Array.from(images), [3, 12, 12, 3])) as tf.Tensor;
    const differences = (await answer.data()).map((p, i) => Math.abs(p - probabilities[i]!));
    expect(Math.max(...differences)).toBeLessThan(1e-6);
    model.dispose();
  });
});

describe.each([
  ['layers', 'layers without some of their variables'],
  ['shortcuts', 'residual blocks with layers on both ways'],
])('%s.weights.h5, of %s', (name) => {
  interface LayersReference extends Omit<Reference, 'weights'> {
    readonly model: ModelInput;
    readonly weights: readonly { readonly name: string; readonly values: number[] }[];
  }
  const file = `${name}.weights.h5`;
  const layersReference = async (): Promise<LayersReference> =>
    JSON.parse(new TextDecoder().decode(await fixture(`${name}.json`)));

  test('is read to the bit, and makes our model answer as Keras does', async () => {
    const { model: input, weights, images, probabilities } = await layersReference();
    const spec = parseModelSpec(input);
    const model = buildModel(spec, 0);
    const read = await decodeKerasWeights(await fixture(file), await readWeights(model), spec, file);
    // A functional model's order in TensorFlow.js is another than in Keras.
    const inOrder = (values: readonly (readonly number[])[]) => values.map((one) => `${one}`).toSorted();
    expect(inOrder(read.map(({ values }) => [...values]))).toEqual(
      inOrder(weights.map(({ values }) => [...Float32Array.from(values)])),
    );
    writeWeights(model, read);
    const answer = model.predict(tf.tensor(Float32Array.from(images), [3, 8, 8, 3])) as tf.Tensor;
    expect([...(await answer.data())]).toEqual(probabilities.map((p) => expect.closeTo(p, DIGITS)));
    model.dispose();
  });

  test('is written as Keras writes it', async () => {
    const { model: input } = await layersReference();
    const spec = parseModelSpec(input);
    const model = buildModel(spec, 0);
    const weights = await readWeights(model);
    model.dispose();
    const written = await encodeKerasWeights(weights, spec);
    const variables = (bytes: Uint8Array) =>
      readHdf5(bytes, (root) =>
        root
          .paths()
          .filter((path) => /vars\/\d+$/.test(path))
          .toSorted(),
      );
    expect(await variables(written)).toEqual(await variables(await fixture(file)));
    expect(await decodeKerasWeights(written, weights, spec, 'ours')).toEqual(weights);
  });
});

describe.each([Number.NaN, Number.NEGATIVE_INFINITY])('%d is refused by its weight', (value) => {
  const sentinel = 12345.6789;
  const withValue = async (place: number) => {
    const weights = await weightsOf();
    weights[4]!.values[3] = place;
    return weights;
  };
  const message = (where: string) =>
    new KerasWeightsError(
      `${where}: dense/kernel: expected finite numbers, found ${value} at index 3: the model diverged, so take an earlier checkpoint, or train with a lower learning rate`,
    );

  test('in what is written', async () => {
    await expect(encodeKerasWeights(await withValue(value), spec)).rejects.toEqual(message('Keras weights'));
  });

  test('in a file', async () => {
    const file = await encodeKerasWeights(await withValue(sentinel), spec);
    const pattern = new Uint8Array(Float32Array.of(sentinel).buffer);
    const at = file.findIndex((_, i) => pattern.every((byte, k) => file[i + k] === byte));
    file.set(new Uint8Array(Float32Array.of(value).buffer), at);
    await expect(decodeKerasWeights(file, await weightsOf(), spec, 'diverged.weights.h5')).rejects.toEqual(
      message('diverged.weights.h5'),
    );
  });
});

describe('encodeKerasWeights', () => {
  test('there and back keeps every bit, of unusual numbers and of views into a buffer too', async () => {
    const buffer = Float32Array.of(9, 9, 0, -0, 1e-45, -3.4028235e38, 3.4028235e38, 2 ** -149, 9);
    const weights = (await weightsOf()).map((weight) =>
      weight.name === 'conv2d_1/kernel'
        ? { ...weight, shape: [1, 1, 2, 3], values: buffer.subarray(2, 8) }
        : weight,
    );
    const read = await decodeKerasWeights(await encodeKerasWeights(weights, spec), weights, spec, 'ours');
    expect(read).toEqual(weights);
    expect(read.map(({ values }) => bitsOf(values))).toEqual(weights.map(({ values }) => bitsOf(values)));
  });

  test.each([
    { filters: [2], units: [] },
    { filters: [2, 2, 2], padding: 'same', units: [4, 5, 6] },
    { inputShape: [12, 14, 1], numClasses: 100, dataFormat: 'channels_first' },
  ])('of %j goes there and back', async (changes) => {
    const weights = await weightsOf(changes);
    const changed = specOf(changes);
    const file = await encodeKerasWeights(weights, changed);
    expect(await decodeKerasWeights(file, weights, changed, 'ours')).toEqual(weights);
  });

  test('lays the file out as Keras does', async () => {
    // Keras marks groups of layers without weights too, and keeps the optimizer's state; neither is needed.
    const weighted = (path: string) => /^(vars|layers|layers\/(conv2d|dense).*)$/.test(path);
    const pathsIn = (file: Uint8Array) => readHdf5(file, (root) => root.paths().filter(weighted).toSorted());
    expect(await pathsIn(await encodeKerasWeights(await weightsOf(), spec))).toEqual(
      await pathsIn(await fixture('keras.weights.h5')),
    );
  });

  test('many at once do not meet', async () => {
    const changes = Array.from({ length: 8 }, (_, i) => ({ filters: [i + 1] }));
    const models = await Promise.all(changes.map(weightsOf));
    const files = await Promise.all(models.map((model, i) => encodeKerasWeights(model, specOf(changes[i]))));
    const decoded = files.map((file, i) => decodeKerasWeights(file, models[i]!, specOf(changes[i]), 'ours'));
    expect(await Promise.all(decoded)).toEqual(models);
  });

  test('refuses weights that are not of our models', async () => {
    const weights = [{ name: 'batch_normalization/gamma', shape: [1], values: new Float32Array(1) }];
    await expect(encodeKerasWeights(weights, spec)).rejects.toThrow(
      new KerasWeightsError(
        "Keras weights: expected weights of the model's layers, such as conv2d/kernel, received batch_normalization/gamma",
      ),
    );
  });
});

describe('a file that does not fit is refused with what was expected and found', () => {
  const decode = async (bytes: Uint8Array, changes: object = {}) =>
    decodeKerasWeights(bytes, await weightsOf(changes), specOf(changes), 'some.h5');
  const refused = async (bytes: Uint8Array, message: string | RegExp, changes?: object) => {
    const decoding = decode(bytes, changes);
    await expect(decoding).rejects.toThrow(KerasWeightsError);
    await expect(decoding).rejects.toThrow(message);
  };

  test('neither HDF5 nor zip', async () => {
    await refused(
      strToU8('{"not": "weights"}'),
      'some.h5: expected a .weights.h5 or .keras file of Keras 3, found 18 bytes that are neither HDF5 nor zip',
    );
    await refused(new Uint8Array(0), 'found 0 bytes');
  });

  test('damaged HDF5, and the library works on', async () => {
    const good = await fixture('keras.weights.h5');
    for (const length of [8, 60, good.length - 1000]) {
      await refused(good.slice(0, length), 'some.h5: expected an HDF5 file, found a damaged one');
    }
    expect(await decode(good)).toHaveLength(8);
  });

  test('a damaged archive, or one without weights', async () => {
    const archive = await fixture('keras.keras');
    await refused(
      archive.slice(0, 20_000),
      'some.h5: expected an archive with model.weights.h5, found a damaged one',
    );
    await refused(zipSync({ 'config.json': strToU8('{}') }), 'found one without it');
  });

  test('an archive whose weights unpack to a thousand times its size', async () => {
    const bomb = zipSync({ 'model.weights.h5': new Uint8Array(2 ** 27) });
    expect(bomb.length).toBeLessThan(2 ** 18);
    await refused(
      bomb,
      /^some\.h5: expected an archive with model\.weights\.h5, found one of 134217728 bytes, packed into \d+, where at most 67108864 are read/,
    );
  });

  // With chunks of 256 million numbers a file of 3 kB took a gigabyte when it was read.
  test.each<[string, number[], number | undefined, string]>([
    ['a chunk of a million numbers', [2 ** 10, 2 ** 10], undefined, 'chunks of [1024,1024]'],
    ['a filter', [2, 2], 9, 'the filter deflate'],
    ['chunks', [1, 2], undefined, 'chunks of [1,2]'],
  ])('an array in %s', async (_, chunks, compression, found) => {
    const model = parseModelSpec({
      ...{ inputShape: [1, 2, 1], numClasses: 2 },
      layers: [{ kind: 'flatten' }, { kind: 'dense', units: 2, useBias: false }],
    });
    const weights = [{ name: 'dense/kernel', shape: [2, 2] }];
    const file = await writeHdf5((root) => {
      root
        .create_group('layers')
        .create_group('dense')
        .create_group('vars')
        .create_dataset({
          ...{ name: '0', data: new Float32Array(4), shape: [2, 2], maxshape: [null, null], chunks },
          ...(compression !== undefined && { compression }),
        });
    });
    await expect(decodeKerasWeights(file, weights, model, 'some.h5')).rejects.toThrow(
      `some.h5: layers/dense/vars/0 (dense/kernel): expected numbers one after the other, as Keras saves them, found ${found}: save the model again in Keras`,
    );
  });

  test('an archive with two files of a name', async () => {
    const weights = new Uint8Array(200);
    const two = zipSync({ 'model.weights.h5': weights, 'model.weights.hX': weights });
    const [from, to] = [strToU8('.hX'), strToU8('.h5')];
    two.forEach((_, at) => {
      if (from.every((byte, i) => two[at + i] === byte)) two.set(to, at);
    });
    await refused(two, 'some.h5: expected an archive with model.weights.h5, found two of that name');
  });

  test('names as long as a file', async () => {
    const name = 'x'.repeat(10_000);
    const long = await writeHdf5((root) => {
      root.create_group('layers').create_group(name).create_group('vars');
      root.create_dataset({ name: `layers/${name}/vars/0`, data: Float32Array.of(1), shape: [1] });
    });
    await refused(
      long,
      /^some\.h5: expected the 8 weights of .*found 1, without layers\/\S+ \(layers\/x{73}…\)/,
    );
  });

  test('the layout of older versions', async () => {
    const legacy = await writeHdf5((root) => {
      root.create_group('conv2d').create_group('conv2d');
      root.create_dataset({ name: 'conv2d/conv2d/kernel:0', data: Float32Array.of(1), shape: [1] });
    });
    await refused(
      legacy,
      /expected weights as Keras 3 saves them.*load the model of an older file in Keras 3/,
    );
  });

  test('a layer too few, or too many', async () => {
    const file = await fixture('keras.weights.h5');
    await refused(file, /expected the 10 weights .*found 8, without layers\/dense_2\/vars\/0/, {
      units: [4, 4],
    });
    await refused(file, /expected the 6 weights .*found 8, among them layers\/dense_1\/vars\/0/, {
      units: [],
    });
  });

  test('another shape', async () => {
    await refused(
      await fixture('keras.weights.h5'),
      'some.h5: layers/conv2d_1/vars/0 (conv2d_1/kernel): expected shape [3,3,2,5], found [3,3,2,3]: describe the model',
      { filters: [2, 5] },
    );
  });

  test('another type of number', async () => {
    const changes = { filters: [1], units: [], inputShape: [4, 4, 1], numClasses: 2 };
    const weights = await weightsOf(changes);
    const file = await writeHdf5((root) => {
      root.create_group('layers');
      for (const layer of ['conv2d', 'dense']) root.create_group(`layers/${layer}`).create_group('vars');
      weights.forEach(({ shape, values }, i) => {
        const name = `layers/${i < 2 ? 'conv2d' : 'dense'}/vars/${i % 2}`;
        root.create_dataset({ name, data: Float64Array.from(values), shape: [...shape] });
      });
    });
    await expect(decodeKerasWeights(file, weights, specOf(changes), 'some.h5')).rejects.toThrow(
      'some.h5: layers/conv2d/vars/0 (conv2d/kernel): expected float32, found "<d"',
    );
  });
});
