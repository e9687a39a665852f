import { expect, test } from 'vitest';
import { buildModel, outputShapes, parseModelSpec } from './index.ts';

test.each([
  ['the tutorial’s model', {}],
  ['windows that are padded', { filters: [3, 4, 5], padding: 'same', kernelSize: 5, poolSize: 3 }],
  [
    'blocks in blocks',
    {
      inputShape: [9, 8, 3],
      numClasses: 4,
      layers: [
        {
          kind: 'residual',
          dropRate: 0.5,
          layers: [
            { kind: 'conv2d', filters: 6, strides: 2, padding: 'same' },
            { kind: 'residual', layers: [{ kind: 'batch_normalization' }] },
          ],
          shortcut: [{ kind: 'conv2d', filters: 6, kernelSize: 1, strides: 2 }],
        },
        { kind: 'average_pooling2d', strides: 1 },
        { kind: 'global_max_pooling2d' },
        { kind: 'dense', units: 4, activation: 'softmax' },
      ],
    },
  ],
] as const)('are those of the layers that are built, of %s', (_, input) => {
  const spec = parseModelSpec(input as object);
  const model = buildModel(spec, 1);
  const shapes = outputShapes(spec);
  for (const [name, shape] of shapes)
    expect([name, [null, ...shape]]).toEqual([name, model.getLayer(name).outputShape]);
  // The input, and the layer that drops a block.
  const others = spec.layers.some(({ kind }) => kind === 'residual') ? 2 : 1;
  expect(shapes.size).toBe(model.layers.length - others);
  model.dispose();
});
