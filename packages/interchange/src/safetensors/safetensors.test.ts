import { describe, expect, test } from 'vitest';
import { exampleNames, exampleOf } from '../examples.testing.ts';
import {
  decodeSafetensors,
  decodeSafetensorsModel,
  encodeSafetensors,
  encodeSafetensorsModel,
  InterchangeError,
  matchWeights,
} from '../index.ts';

const file = (header: unknown, data = new Uint8Array(0), length?: bigint): Uint8Array => {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, length ?? BigInt(json.length), true);
  bytes.set(json, 8);
  bytes.set(data, 8 + json.length);
  return bytes;
};
const one = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };

test.each(exampleNames)('%s goes there and back, to the bit', async (name) => {
  const { spec, weights } = await exampleOf(name);
  const described = { classNames: ['ünïcode', 'b'], dataset: 'shapes' } as const;
  const read = decodeSafetensorsModel(encodeSafetensorsModel(weights, spec, described), 'a.safetensors');
  expect(read.weights).toEqual(weights);
  expect(read.describedData).toEqual(described);
  expect(read.model).toEqual({ ...spec });
});

test('unusual numbers, an array without numbers, and views into a buffer keep every bit', () => {
  const bits = Uint32Array.of(7, 0x7fc0_0001, 0x8000_0000, 1, 0xff80_0000, 9);
  const values = new Float32Array(bits.buffer, 4, 4);
  const arrays = [
    { name: 'a/"b"', shape: [2, 2], values },
    { name: 'none', shape: [0, 3], values: new Float32Array(0) },
    { name: 'number', shape: [], values: Float32Array.of(2.5) },
  ];
  const bytes = encodeSafetensors({ arrays, metadata: { a: 'b' } });
  // Read in the middle of other bytes too.
  const shifted = new Uint8Array(bytes.length + 3);
  shifted.set(bytes, 3);
  const read = decodeSafetensors(shifted.subarray(3), 'a');
  expect(read.metadata).toEqual({ a: 'b' });
  expect(read.arrays.map(({ name, shape }) => [name, shape])).toEqual(
    arrays.map(({ name, shape }) => [name, shape]),
  );
  expect([...new Uint32Array(read.arrays[0]!.values.buffer)]).toEqual([...bits.subarray(1, 5)]);
  expect(read.arrays.slice(1).map(({ values }) => [...values])).toEqual([[], [2.5]]);
});

test('is laid out as the reference lays it out', () => {
  const bytes = encodeSafetensors({
    arrays: [{ name: 'w', shape: [1], values: Float32Array.of(1) }],
    metadata: {},
  });
  const header = '{"__metadata__":{},"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}';
  const padded = header.padEnd(72);
  expect(new TextDecoder().decode(bytes.subarray(8, 80))).toBe(padded);
  expect([...bytes.subarray(0, 8)]).toEqual([72, 0, 0, 0, 0, 0, 0, 0]);
  expect([...bytes.subarray(80)]).toEqual([0, 0, 128, 63]);
});

describe('refused with what was expected and found', () => {
  test.each([
    ['nothing', new Uint8Array(0), 'found 0 bytes that do not'],
    ['a text', new TextEncoder().encode('not a model at all'), 'found 18 bytes that do not'],
    [
      'a header longer than the file',
      file({}, undefined, 1000n),
      'found a length of 1000, where at most 2 bytes',
    ],
    [
      'a header of more bytes than there are',
      file({}, undefined, 2n ** 64n - 1n),
      'found a length of 18446744073709551615',
    ],
    ['no JSON', file('{"a"'), 'found a header that is not JSON'],
    ['deep JSON', file(`${'{"a":'.repeat(200)}1${'}'.repeat(200)}`), 'levels of nesting, received more'],
    [
      'an array twice',
      file(`{"w":${JSON.stringify(one)},"w":${JSON.stringify(one)}}`),
      'expected each key of an object once, found "w" twice in line 1',
    ],
    ['no text', file({}, Uint8Array.of(0xff, 0xfe), 4n), 'found a header that is not JSON'],
    [
      'metadata of numbers',
      file({ __metadata__: { a: 1 } }),
      '__metadata__: expected texts by their names, found {"a":1}',
    ],
    [
      'half floats',
      file({ w: { ...one, dtype: 'F16' } }),
      '"w": expected float32, F32, found "F16": save it as float32',
    ],
    ['an entry that is none', file({ w: 1 }), '"w": expected float32, F32, found nothing'],
    [
      'a negative length',
      file({ w: { ...one, shape: [-1] } }),
      '"w": expected a shape, a list of whole numbers, found [-1]',
    ],
    ['half a length', file({ w: { ...one, shape: [0.5] } }), '"w": expected a shape'],
    [
      'a shape of more than memory',
      file({ w: { ...one, shape: [2 ** 40, 2 ** 40] } }),
      '"w": expected two places, 4.835703278458517e+24 bytes apart for its shape [1099511627776,1099511627776], found [0,4]',
    ],
    [
      'places in the wrong order',
      file({ w: { ...one, data_offsets: [4, 0] } }),
      '"w": expected two places, 4 bytes apart',
    ],
    ['a place that is none', file({ w: { ...one, data_offsets: ['0', '4'] } }), '"w": expected two places'],
    [
      'data that is cut off',
      file({ w: one }, new Uint8Array(3)),
      'expected 4 bytes of arrays after the header, found 3: the file was cut off',
    ],
    [
      'data that nobody has',
      file({ w: one }, new Uint8Array(5)),
      'expected 4 bytes of arrays after the header, found 5: save it again',
    ],
    [
      'arrays that overlap',
      file({ v: one, w: one }, new Uint8Array(4)),
      '"w": expected arrays one after the other, found one from byte 0 on, where the one before ends at 4',
    ],
    [
      'a gap',
      file({ w: { ...one, data_offsets: [4, 8] } }, new Uint8Array(8)),
      '"w": expected arrays one after the other, found one from byte 4 on, where the one before ends at 0',
    ],
  ])('%s', (_, bytes, message) => {
    expect(() => decodeSafetensors(bytes, 'x.safetensors')).toThrow(InterchangeError);
    expect(() => decodeSafetensors(bytes, 'x.safetensors')).toThrow(message);
    expect(() => decodeSafetensors(bytes, 'x.safetensors')).toThrow(/^x\.safetensors: /);
  });

  test.each([
    ['a newer version', { format_version: '2' }, 'format_version: expected 1, found "2": update dropout-lab'],
    ['no classes', { class_names: '{}' }, 'class_names: expected a list of names, found {}'],
    ['classes that are no JSON', { class_names: 'x' }, 'class_names: expected JSON'],
    ['no model', { model: '[]' }, 'model: expected a model with its layers, found []'],
  ])('metadata of ours with %s', (_, changes, message) => {
    const metadata = {
      format: 'dropout-lab',
      format_version: '1',
      class_names: '["a"]',
      model: '{}',
      ...changes,
    };
    const bytes = encodeSafetensors({ arrays: [], metadata });
    expect(() => decodeSafetensorsModel(bytes, 'x')).toThrow(InterchangeError);
    expect(() => decodeSafetensorsModel(bytes, 'x')).toThrow(message);
  });

  test('a weight that is not finite, in what is written and in a file', async () => {
    const { spec, weights } = await exampleOf('logits');
    weights[1]!.values[1] = Number.NaN;
    expect(() => encodeSafetensorsModel(weights, spec, { classNames: [] })).toThrow(
      /safetensors: dense\/bias: expected finite numbers/,
    );
    const bytes = encodeSafetensors({ arrays: weights, metadata: {} });
    expect(() => decodeSafetensorsModel(bytes, 'x')).toThrow(/x: dense\/bias: expected finite numbers/);
  });

  test('the weights of another model', async () => {
    const { weights } = await exampleOf('logits');
    const [kernel, bias] = weights as [(typeof weights)[0], (typeof weights)[0]];
    expect(matchWeights([bias, kernel], weights, 'x')).toEqual(weights);
    expect(() => matchWeights([kernel], weights, 'x')).toThrow(
      /^x: expected the 2 weights of the model, such as dense\/kernel, found 1, without dense\/bias: describe/,
    );
    expect(() => matchWeights([kernel, bias, { ...bias, name: 'conv.0.weight' }], weights, 'x')).toThrow(
      /found 3, among them "conv\.0\.weight"/,
    );
    expect(() => matchWeights([kernel, { ...bias, shape: [3, 1] }], weights, 'x')).toThrow(
      'x: dense/bias: expected shape [3], found [3,1]',
    );
  });
});
