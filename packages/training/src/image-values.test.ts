import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { createReplica, imageValues } from './index.ts';
import { imageSource, tinyModel } from './testing.ts';

test('a byte becomes byte / 255, rounded to float32; floats are left as they are', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  expect([...imageValues(bytes)]).toEqual([...bytes].map((byte) => Math.fround(byte / 255)));
  const floats = Float32Array.of(-1, 0.5, 7);
  expect(imageValues(floats)).toBe(floats);
});

test('a replica computes from bytes what it does from their floats, to the bit', async () => {
  const model = tinyModel();
  const replica = createReplica(model);
  const { images, ...rest } = imageSource('train', { size: 4, batchSize: 4 }).batch(0, 0);
  const bytes = Uint8Array.from(images, (value) => Math.round(255 * value));
  const [ofBytes, ofFloats] = [bytes, imageValues(bytes)].map((some) => ({ ...rest, images: some }));
  const position = { step: 0, rowOffset: 0, batchSize: 4 };
  const [one, other] = [
    await replica.gradients(ofBytes!, position),
    await replica.gradients(ofFloats!, position),
  ];
  expect(one.loss).toBe(other.loss);
  expect(one.gradients.map((gradient) => gradient.dataSync())).toEqual(
    other.gradients.map((gradient) => gradient.dataSync()),
  );
  tf.dispose([one.gradients, other.gradients]);
  expect(await replica.logits(ofBytes!)).toEqual(await replica.logits(ofFloats!));
  model.dispose();
});
