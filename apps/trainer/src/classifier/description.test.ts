import { expect, test } from 'vitest';
import { parseDescription } from './description.ts';

const description = {
  formatVersion: 1,
  classNames: ['cat', 'dog'],
  preprocessing: {
    imageShape: [32, 48, 3],
    fit: 'contain',
    background: '#ffffff',
    divideBy: 255,
    dataFormat: 'channels_last',
  },
  dropoutFactor: 0.5,
  run: { id: 'a', dataset: 'pets', checkpoint: 'last', version: '0.1.0' },
};

const parse = (value: object) => parseDescription(JSON.stringify(value), 'classifier.json');
const ran = (changes: object) => ({ run: { ...description.run, ...changes } });
const prepared = (changes: object) => ({ preprocessing: { ...description.preprocessing, ...changes } });

test('a description is what its file says', () => {
  expect(parse(description)).toEqual(description);
  const evaluated = { ...description, ...ran({ testAccuracy: 0.75 }) };
  expect(parse(evaluated)).toEqual(evaluated);
});

test('a divisor that is no number of JSON is refused', () => {
  const text = JSON.stringify(description).replace('"divideBy":255', '"divideBy":1e999');
  expect(() => parseDescription(text, 'classifier.json')).toThrow('preprocessing.divideBy, a number above 0');
});

test.each<[object, string]>([
  [{ formatVersion: 2 }, 'formatVersion 1, found 2'],
  [{ classNames: [] }, 'classNames, a list of names, found []'],
  [{ classNames: ['cat', 7] }, 'classNames, a list of names, found ["cat",7]'],
  [
    { preprocessing: null },
    'preprocessing.imageShape, [height, width, channels] with 3 channels or 1, found none',
  ],
  [prepared({ imageShape: [32, 32, 4] }), 'preprocessing.imageShape, [height, width, channels] with 3'],
  [prepared({ imageShape: [2 ** 20, 2 ** 20, 3] }), 'preprocessing.imageShape, [height, width, channels]'],
  [prepared({ fit: 'crop' }), 'preprocessing.fit "cover", "contain" or "fill", found "crop"'],
  [prepared({ background: '#000000' }), 'preprocessing.background "#ffffff", found "#000000"'],
  [prepared({ divideBy: 0 }), 'preprocessing.divideBy, a number above 0, found 0'],
  [
    prepared({ dataFormat: 'NCHW' }),
    'preprocessing.dataFormat "channels_last" or "channels_first", found "NCHW"',
  ],
  [{ dropoutFactor: 1.5 }, 'dropoutFactor, a number from 0 to 1, found 1.5'],
  [prepared({ divideBy: 1e-320 }), 'preprocessing.divideBy, a number above 0, found 1e-320'],
  [prepared({ divideBy: 1e308 }), 'preprocessing.divideBy, a number above 0, found 1e+308'],
  [{ run: null }, 'run.id, a text, found none'],
  [ran({ id: 7 }), 'run.id, a text, found 7'],
  [ran({ dataset: undefined }), 'run.dataset, a text, found none'],
  [ran({ dataset: { a: 1 } }), 'run.dataset, a text, found {"a":1}'],
  [ran({ checkpoint: null }), 'run.checkpoint, a text, found null'],
  [ran({ version: 1 }), 'run.version, a text, found 1'],
  [ran({ testAccuracy: null }), 'run.testAccuracy, a number from 0 to 1 or none, found null'],
  [ran({ testAccuracy: '<b>' }), 'run.testAccuracy, a number from 0 to 1 or none, found "<b>"'],
  [ran({ testAccuracy: 1e300 }), 'run.testAccuracy, a number from 0 to 1 or none, found 1e+300'],
])('with %j it is refused', (changes, message) => {
  expect(() => parse({ ...description, ...changes })).toThrow(`classifier.json: expected ${message}`);
});

test('what is nested deeper than a stack is refused in a sentence', () => {
  const deep = `${'['.repeat(1e6)}${']'.repeat(1e6)}`;
  expect(() => parseDescription(`{"formatVersion":${deep}}`, 'classifier.json')).toThrow(
    'classifier.json: expected formatVersion 1, found one that is nested too deeply to be shown: export',
  );
});
