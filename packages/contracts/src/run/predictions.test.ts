import { expect, test } from 'vitest';
import { predictionsSchema } from './predictions.ts';

test('an entry for each image', () => {
  const predictions = { labels: [3, 8], predicted: [3, 1], confidence: [0.9, 0.4] };
  expect(predictionsSchema.parse(predictions)).toEqual(predictions);
  expect(predictionsSchema.safeParse({ ...predictions, predicted: [3] }).error?.issues[0]?.message).toBe(
    'expected as many labels as predicted classes and confidences',
  );
  expect(predictionsSchema.safeParse({ ...predictions, confidence: [0.9, 1.4] }).success).toBe(false);
});

test('those of the validation images may be there too; earlier runs have none', () => {
  const test = { labels: [3], predicted: [3], confidence: [0.9] };
  const validation = { labels: [0, 1], predicted: [1, 1] };
  expect(predictionsSchema.parse({ ...test, validation })).toEqual({ ...test, validation });
  const shorter = { ...test, validation: { ...validation, labels: [0] } };
  expect(predictionsSchema.safeParse(shorter).error?.issues[0]).toMatchObject({
    path: ['validation'],
    message: 'expected as many labels as predicted classes',
  });
});
