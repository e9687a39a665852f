import { describe, expect, test } from 'vitest';
import { exampleNames, exampleOf } from '../examples.testing.ts';
import { decodeKerasWeights, encodeKerasModel } from '../index.ts';

describe.each(exampleNames)('%s', (name) => {
  test('has its weights to the bit', async () => {
    const { spec, weights } = await exampleOf(name);
    const { bytes } = await encodeKerasModel(weights, spec);
    expect(await decodeKerasWeights(bytes, weights, spec, 'model.keras')).toEqual(weights);
  });
});
