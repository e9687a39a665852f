import { expect, test } from 'vitest';
import {
  datasetKey,
  datasetOf,
  jsonSchemaOf,
  ownImagesSchema,
  parseRunConfig,
  runConfigIdentity,
} from '../index.ts';

const pets = {
  kind: 'images',
  title: 'pets',
  sha256: 'ab'.repeat(32),
  imageShape: [48, 64, 3],
  classNames: ['cat', 'dog'],
  trainImages: 80,
  testImages: 20,
  fit: 'cover',
} as const;

const configOf = (changes: object = {}) => parseRunConfig({ dataset: { ...pets, ...changes } });

test('a configuration has the description of own images in the place of a name', () => {
  const { dataset } = configOf();
  expect(datasetOf(dataset)).toEqual(pets);
  expect([datasetKey(dataset), datasetKey('shapes')]).toEqual([`images-${'ab'.repeat(32)}`, 'shapes']);
});

test('a run is named by the content of its images, not by their title', () => {
  const identity = runConfigIdentity(configOf());
  expect(runConfigIdentity(configOf({ title: 'moved' }))).toBe(identity);
  expect(runConfigIdentity(configOf({ sha256: 'cd'.repeat(32) }))).not.toBe(identity);
  expect(runConfigIdentity(parseRunConfig({}))).toBe('{"settings":{},"version":2}');
});

test.each([
  ['kind', { kind: 'pictures' }, 'dataset.kind: expected "images", received "pictures"'],
  ['sha256', { sha256: '../../etc/passwd' }, 'dataset.sha256: expected a SHA-256, 64 hexadecimal digits'],
  ['shape', { imageShape: [48, 64, 4] }, 'dataset.imageShape[2]: expected 1 channel (grey) or 3 (colour)'],
  ['side', { imageShape: [48, 1e9, 3] }, 'dataset.imageShape[1]: expected a whole number from 1 to 4096'],
  ['one class', { classNames: ['cat'] }, 'dataset.classNames: expected the names of at least 2 classes'],
  ['the same name', { classNames: ['a', 'a'] }, 'dataset.classNames: expected names that differ'],
  ['a long name', { classNames: ['a', 'b'.repeat(201)] }, 'expected a name of at most 200 characters'],
  ['no name', { classNames: ['a', ''] }, 'expected a name that can be seen'],
  ['a space', { classNames: ['a', ' \u00a0'] }, 'expected a name that can be seen'],
  ['no width', { classNames: ['a', '\u200b\u2060\ufeff'] }, 'expected a name that can be seen'],
  ['blank letters', { classNames: ['a', '\u3164\u2800'] }, 'expected a name that can be seen'],
  ['a mark alone', { classNames: ['a', '\u0301'] }, 'expected a name that can be seen'],
  ['a title of spaces', { title: '   ' }, 'dataset.title: expected a name that can be seen'],
  ['a control character', { classNames: ['a', '\u001b[2J'] }, 'expected a name without control characters'],
  ['no image', { trainImages: 0 }, 'dataset.trainImages: expected a whole number from 1 to 2147483648'],
  ['an unknown key', { path: '/home/me' }, 'dataset.path: expected one of the keys "kind"'],
])('%s: a description that cannot be is refused where it is wrong', (_, changes, message) => {
  expect(() => configOf(changes)).toThrow(message);
});

test('of names, the JSON Schema of the settings has the bounds', () => {
  const name = expect.objectContaining({ type: 'string', minLength: 1, maxLength: 200 });
  const { properties } = jsonSchemaOf(ownImagesSchema, 'Own images');
  expect(properties).toMatchObject({ title: name, classNames: { items: name } });
});

test('names with spaces, marks and letters of any script are names', () => {
  const classNames = ['great dane', 'é', 'e\u0301', '猫', 'كلب', '🐈\u200d⬛', '-', '0'];
  expect(configOf({ classNames }).dataset).toMatchObject({ classNames });
});

test('a model has as many classes as images may have', () => {
  expect(parseRunConfig({ model: { numClasses: 4096 } }).model.numClasses).toBe(4096);
  expect(() => parseRunConfig({ model: { numClasses: 4097 } })).toThrow('from 2 to 4096, received 4097');
});

test.each([
  ['shape', '"shape": did you mean "shapes"?'],
  [7, 'expected one of "cifar10", "cifar100", "shapes", received 7'],
])('%j is no data set', (dataset, message) => {
  expect(() => parseRunConfig({ dataset })).toThrow(message);
});
