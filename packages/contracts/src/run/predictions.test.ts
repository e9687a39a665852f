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
