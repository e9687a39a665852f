import { crossentropyFromLogits } from '@dropout-lab/metrics';
import { expect, test } from 'vitest';
import { createReplica, evaluate, predictLogits } from './index.ts';
import { imageSource, numClasses, tinyModel } from './testing.ts';

const source = imageSource('test', { size: 7, batchSize: 3 });

test('logits and labels stand in the order of the source’s first epoch', async () => {
  const model = tinyModel();
  const replica = createReplica(model);
  const { logits, labels } = await predictLogits(replica, source);
  const batches = [0, 1, 2].map((index) => source.batch(0, index));
  expect([...labels]).toEqual(batches.flatMap((batch) => [...batch.labels]));
  const byBatch = await Promise.all(batches.map((batch) => replica.logits(batch)));
  expect([...logits]).toEqual(byBatch.flatMap((values) => [...values]));

  const { loss, accuracy } = await evaluate(replica, source);
  expect(loss).toBe(crossentropyFromLogits(logits, labels, numClasses));
  const right = [...labels].filter((label, row) => {
    const ofRow = [...logits.subarray(row * numClasses, (row + 1) * numClasses)];
    return ofRow.indexOf(Math.max(...ofRow)) === label;
  });
  expect(accuracy).toBe(right.length / 7);
  model.dispose();
});

test('an abort rejects with the signal’s reason', async () => {
  const model = tinyModel();
  const reason = new Error('enough');
  const signal = AbortSignal.abort(reason);
  await expect(evaluate(createReplica(model), source, { signal })).rejects.toBe(reason);
  model.dispose();
});
