import { type OwnImages, parseRunConfig } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { requireOwnSplit, settingsOfImages } from './settings-of-images.ts';

const images: OwnImages = {
  kind: 'images',
  title: 'pets',
  sha256: '0'.repeat(64),
  imageShape: [16, 16, 3],
  classNames: ['cat', 'dog'],
  trainImages: 30,
  testImages: 10,
  fit: 'cover',
};
const chosen = settingsOfImages(images, 6);
const none = settingsOfImages(images, 0);

test.each<[object, RegExp]>([
  [
    { validationSplit: 0.3 },
    /^validationSplit: expected 0\.2, since the images .*, received 0\.3: leave it out, or/,
  ],
  [{ validationSplit: 0 }, /^validationSplit: expected 0\.2, since .*, received 0:/],
  [{ splitMethod: 'stratified' }, /^splitMethod: expected last, since .*, received stratified:/],
  [{ limitTrain: 20 }, /^limitTrain: expected none, since .*, received 20:/],
])('%j beside validation images of their own is refused', (settings, message) => {
  const given = { ...chosen, ...settings };
  expect(() => requireOwnSplit(parseRunConfig(given), chosen)).toThrow(message);
  requireOwnSplit(parseRunConfig({ ...none, ...settings }), none);
});

test.each<[object]>([[{}], [{ validationSplit: 0.2 }], [{ splitMethod: 'last', limitTrain: null }]])(
  '%j beside them is what they are',
  (settings) => {
    requireOwnSplit(parseRunConfig({ ...chosen, ...settings }), chosen);
  },
);
