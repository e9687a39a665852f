import { describe, expect, test } from 'vitest';
import { jsonSchemaOf, listSettings, membersOf, optimizerSchema, runConfigSchema } from '../index.ts';

const settings = listSettings(runConfigSchema);
const settingAt = (path: string, of?: string) =>
  settings.find((setting) => setting.path === path && (of === undefined || setting.of?.name === of));

test('every setting has a help text', () => {
  const silent = settings.filter(
    ({ path, description }) => !/\.(?:name|kind|preset)$/.test(path) && !description,
  );
  expect(silent.map(({ path }) => path)).toEqual([]);
  for (const { path, description = '' } of settings) expect(description, path).not.toMatch(/[.;,]$/);
});

test('a setting has its range, default, unit and flag', () => {
  expect(settingAt('epochs')).toMatchObject({
    kind: 'number',
    expected: 'a whole number above 0',
    range: { min: 1, step: 1 },
    default: 55,
    unit: 'epochs',
    flag: 'epochs',
    none: undefined,
  });
  expect(settingAt('model.maxNorm.value')).toMatchObject({ default: 2, none: 'model.maxNorm' });
  expect(settingAt('optimizer.learningRate', 'sgd')).toMatchObject({
    of: { path: 'optimizer', name: 'sgd' },
    default: 0.01,
  });
  expect(settingAt('splitMethod')).toMatchObject({ kind: 'choice', choices: ['last', 'stratified'] });
  expect(settingAt('callbacks[].patience', 'early_stopping')).toMatchObject({ default: 0 });
  expect(settingAt('schedule.decaySteps', 'exponential_decay')).toMatchObject({ default: undefined });
});

test('a family lists its members', () => {
  expect([...membersOf(optimizerSchema)!.members.keys()]).toEqual(expect.arrayContaining(['adam', 'sgd']));
});

describe('the JSON Schema', () => {
  const schema = jsonSchemaOf(runConfigSchema, 'Run configuration');
  const text = JSON.stringify(schema);

  test('describes what a user writes: nothing is required, and $schema is a key', () => {
    expect(schema).toMatchObject({ type: 'object', title: 'Run configuration', additionalProperties: false });
    expect(schema).not.toHaveProperty('required');
    expect(schema['properties']).toMatchObject({
      $schema: { type: 'string' },
      epochs: { type: 'integer', exclusiveMinimum: 0, default: 55, description: expect.any(String) },
    });
  });

  test('has the help texts of settings, and nothing that only the command needs', () => {
    for (const { description } of settings) {
      if (description) expect(text).toContain(JSON.stringify(description));
    }
    expect(text).not.toMatch(/"(?:flag|label|unit|expected|variables)":/);
  });
});
