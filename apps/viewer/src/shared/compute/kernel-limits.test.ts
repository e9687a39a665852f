import { startBackend } from '@dropout-lab/backend/node';
import { buildModel, parseModelSpec } from '@dropout-lab/model';
import { beforeAll, expect, test } from 'vitest';
import { kernelLimits } from './kernel-limits.ts';

beforeAll(() => startBackend('cpu'));

const limitsOf = (...spec: Parameters<typeof parseModelSpec>) => {
  const model = buildModel(parseModelSpec(...spec), 0);
  const limits = kernelLimits({ modelTopology: JSON.parse(JSON.stringify(model.toJSON(null, false))) });
  model.dispose();
  return [...limits];
};

test('of a preset, of a list of layers, within residual blocks, and of none', () => {
  expect(limitsOf({ filters: [4], units: [8], maxNorm: { value: 3, axis: [0, 1, 2] } })).toEqual([
    ['conv2d', { limit: 3, axes: [0, 1, 2] }],
    ['dense', { limit: 3, axes: [0] }],
  ]);
  const kernelConstraint = { name: 'max_norm', maxValue: 0.5, axis: 0 } as const;
  const layers = [
    { kind: 'conv2d', filters: 4 },
    { kind: 'residual', layers: [{ kind: 'conv2d', filters: 4, padding: 'same', kernelConstraint }] },
    { kind: 'flatten' },
    { kind: 'dense', units: 10 },
  ] as const;
  expect(limitsOf({ layers: layers as never })).toEqual([['conv2d_1', { limit: 0.5, axes: [0] }]]);
  expect(limitsOf({ maxNorm: null })).toEqual([]);
});

test('nested models have both names; what is no model has no limits', () => {
  const constraint = { class_name: 'MaxNorm', config: { max_value: 1, axis: [0, 1] } };
  const inner = {
    config: { name: 'encoder', layers: [{ config: { name: 'a', kernel_constraint: constraint } }] },
  };
  const other = { config: { name: 'b', kernel_constraint: { class_name: 'NonNeg', config: {} } } };
  expect([...kernelLimits({ modelTopology: { config: { layers: [inner, other] } } })]).toEqual([
    ['encoder/a', { limit: 1, axes: [0, 1] }],
  ]);
  expect([kernelLimits({ modelTopology: {} }).size, kernelLimits([]).size, kernelLimits(null).size]).toEqual([
    0, 0, 0,
  ]);
});
