import { type BatchSource, parseRunConfig } from '@dropout-lab/contracts';
import { expect, test } from 'vitest';
import { createReplica, evaluate, predictLogits, type Replica, sampleLogits, train } from './index.ts';
import { imageSource, tinyModel } from './testing.ts';

const BATCHES = 20;
const config = parseRunConfig({ epochs: 1 });

const drained = async (values: AsyncIterable<unknown>): Promise<void> => {
  for await (const _ of values);
};

/** A source whose batches take longer than a frame each, on this thread; asking for the first puts `then` among its next tasks. */
const slowSource = (then: () => void) => {
  const source = imageSource('slow', { size: BATCHES, batchSize: 1 });
  let asked = 0;
  const slow: BatchSource = {
    ...source,
    batch: (epoch, index) => {
      if (asked++ === 0) setTimeout(then);
      const start = performance.now();
      while (performance.now() - start < 20);
      return source.batch(epoch, index);
    },
  };
  return { slow, asked: () => asked };
};

/** The loops over batches. */
const loops: [string, (replica: Replica, source: BatchSource, signal: AbortSignal) => Promise<unknown>][] = [
  ['train', ({ model }, source, signal) => drained(train({ model, config, train: source, signal }))],
  [
    'validation',
    ({ model }, validation, signal) =>
      drained(
        train({ model, config, train: imageSource('a', { size: 1, batchSize: 1 }), validation, signal }),
      ),
  ],
  ['evaluate', (replica, source, signal) => evaluate(replica, source, { signal })],
  ['predictLogits', (replica, source, signal) => predictLogits(replica, source, { signal })],
  [
    'sampleLogits',
    (replica, source, signal) => drained(sampleLogits(replica, source, { passes: 1, signal })),
  ],
];

test.each(loops)('within a few batches %s notices a message to its thread', async (_, loop) => {
  const model = tinyModel();
  const controller = new AbortController();
  const { slow, asked } = slowSource(() => controller.abort());
  const ended = await loop(createReplica(model), slow, controller.signal).catch((error: unknown) => error);
  // Training ends with an event, the others with the signal's reason.
  expect([undefined, controller.signal.reason]).toContain(ended);
  expect(controller.signal.aborted).toBe(true);
  expect(asked()).toBeLessThan(BATCHES / 2);
  model.dispose();
});
