import type { sample, train } from '../index.ts';

/** Trains a small network of convolutions, pooling and dropout on wasm; returns the SHA-256 of its weights, in hex. */
export const digestOfTraining = async (library: {
  readonly sample: typeof sample;
  readonly train: typeof train;
}): Promise<string> => {
  const { model } = await library.train({
    data: await library.sample(),
    backend: 'wasm',
    epochs: 2,
    batchSize: 44,
    dropout: 0.3,
    seed: 7,
    model: { filters: [8, 20], units: [16] },
  });
  const arrays = model.getWeights().map((weight) => weight.dataSync<'float32'>());
  const bytes = new Uint8Array(await new Blob(arrays as unknown as BlobPart[]).arrayBuffer());
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
};
