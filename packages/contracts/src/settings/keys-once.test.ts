import { expect, test } from 'vitest';
import { ConfigError, configOfFlags, parseJson, runConfigSchema } from '../index.ts';

test.each<[string, string]>([
  ['{"epochs": 1, "epochs": 2}', '"epochs" twice in line 1'],
  ['{"a": 1, "a": 1}', '"a" twice in line 1'],
  ['{"epochs": 1,\n "seed": 2,\n "epochs": 2}', '"epochs" in line 1 and in line 3'],
  ['{"a": 1,\r\n "a": 2}', '"a" in line 1 and in line 2'],
  ['{"model": {"dropout": {"rate": 0.1, "rate": 0.2}}}', '"rate" twice in line 1'],
  ['[{"a": 1}, {"b": 1,\n\n"b" : []}]', '"b" in line 1 and in line 3'],
  ['{"arms": {"x": {}, "y": {}, "x": {}}}', '"x" twice in line 1'],
  // Another spelling of the same key.
  ['{"a": 1, "\\u0061": 2}', '"a" twice in line 1'],
  ['{"\\"": 1, "\\u0022": 2}', '"\\"" twice in line 1'],
  ['{"": 1, "": 2}', '"" twice in line 1'],
  ['{"a\\\\": 1, "a\\\\": 2}', '"a\\\\" twice in line 1'],
  ['{"a" \t\n : {"c": [1, {}]}, "a"\n:2}', '"a" in line 1 and in line 2'],
])('%s is refused: %s', (text, found) => {
  expect(() => parseJson(text, 'file.json')).toThrow(ConfigError);
  expect(() => parseJson(text, 'file.json')).toThrow(
    `file.json: expected each key of an object once, found ${found}: remove one`,
  );
});

test('a long key is shown in part', () => {
  const key = 'x'.repeat(1e6);
  expect(() => parseJson(`{"${key}": 1, "${key}": 2}`, 'file.json')).toThrow(
    `found "${'x'.repeat(80)}…" twice in line 1: remove one`,
  );
});

test.each([
  '{"a": "a", "b": "a"}',
  '{"a": {"a": {"a": 1}}, "b": [{"a": 1}, {"a": 2}]}',
  '{"a": "\\"a\\": 1", "b": ["a", "a", "a"]}',
  '{"a": ":", "b": "}", "c": "{\\"a\\":"}',
  '{"a\\\\": 1, "a": "\\\\"}',
  '"a"',
  '[[], {}, "a", [["a"]]]',
  '{"a": 1, "A": 2, "\\u00e1": 3, "a\\u0301": 4}',
])('%s has no key twice', (text) => {
  expect(parseJson(text, 'file.json')).toEqual(JSON.parse(text));
});

test.each<[Record<string, string>, string[], string]>([
  [{}, ['optimizer={"name":"sgd","name":"adam"}'], '--set optimizer: expected each key'],
  [{}, ['model.layers=[{"kind":"flatten","kind":"dense"}]'], '--set model.layers: expected each key'],
  [{ 'max-norm-axis': '[{"a":1,"a":2}]' }, [], '--max-norm-axis: expected each key'],
])('%j --set %j is refused', (values, texts, message) => {
  const assignments = texts.map((text) => {
    const [path, value] = text.split(/=(.*)/s);
    return { path: path!, text: value! };
  });
  expect(() => configOfFlags(runConfigSchema, values, {}, assignments)).toThrow(message);
});
