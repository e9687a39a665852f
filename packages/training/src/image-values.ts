import type { Batch } from '@dropout-lab/contracts';

/** `byte / 255` of each byte, rounded to float32. */
const unit = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Returns a batch's images as a model takes them: bytes scaled to 0..1, `byte / 255` rounded to float32; floats unchanged. */
export const imageValues = (images: Batch['images']): Float32Array => {
  if (images instanceof Float32Array) return images;
  const values = new Float32Array(images.length);
  for (let i = 0; i < values.length; i++) values[i] = unit[images[i]!]!;
  return values;
};
