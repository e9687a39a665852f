import { jsonSchemaOf, runConfigSchema } from '@dropout-lab/contracts';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { studyJsonSchema } from './json-schema.ts';
import { shippedStudies } from './shipped.ts';

const ajv = new Ajv2020({ allErrors: true });
const study = ajv.compile(studyJsonSchema());
const config = ajv.compile(jsonSchemaOf(runConfigSchema, 'Run configuration'));

const layers = [
  { kind: 'conv2d', filters: 8, padding: 'same', kernelConstraint: { name: 'max_norm' } },
  { kind: 'residual', layers: [{ kind: 'conv2d', filters: 8, padding: 'same' }] },
  { kind: 'flatten' },
  { kind: 'dense', units: 10 },
];

test.each(shippedStudies)('the study $name is one', (shipped) => {
  const written = JSON.parse(JSON.stringify({ $schema: './study.schema.json', ...shipped }));
  study(written);
  expect(study.errors ?? []).toEqual([]);
});

describe('a run configuration', () => {
  test.each([
    {},
    { $schema: './run-config.schema.json', epochs: 3 },
    { optimizer: { learningRate: 0.1 }, model: { maxNorm: null } },
    { optimizer: { name: 'sgd', momentum: 0.9 } },
    { model: { layers } },
    { model: { preset: 'layers', layers } },
    { callbacks: [{ name: 'early_stopping', patience: 3 }] },
  ])('%j is one', (input) => {
    config(input);
    expect(config.errors ?? []).toEqual([]);
  });

  test.each([
    { epocs: 3 },
    { epochs: 0 },
    { optimizer: 'sgd' },
    { optimizer: { name: 'sgd', beta1: 0.9 } },
    { model: { layers: [{ kind: 'conv2d' }] } },
    { model: { layers: [{ kind: 'residual', layers: [{ kind: 'nothing' }] }] } },
    { callbacks: [{ name: 'stop' }] },
  ])('%j is none', (input) => {
    expect(config(input)).toBe(false);
  });
});

test('changes of an arm are checked as a configuration is', () => {
  const written = (changes: object) => ({ name: 'a', title: 'a', arms: { one: { title: 'one', changes } } });
  expect(study(written({ model: { layers } }))).toBe(true);
  expect(study(written({ epocs: 3 }))).toBe(false);
});
