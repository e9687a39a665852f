import { scalePixels } from '@dropout-lab/data';
import sharp from 'sharp';
import { expect, test } from 'vitest';

/** Noise, which shows a wrong place or weight at once, half of it black or white, which overshoots. */
const noise = (length: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => {
    const scattered = Math.imul(Math.imul(i + 1, 2_654_435_761) ^ (i >>> 3), 2_246_822_519) >>> 23;
    return Math.min(255, Math.max(0, scattered - 128));
  });

test.each([
  [640, 480, 32, 32],
  [1000, 700, 32, 32],
  [33, 47, 32, 32],
  [64, 64, 32, 32],
  [100, 37, 28, 28],
  [300, 201, 64, 48],
  [500, 333, 224, 224],
  [32, 32, 32, 32],
  [20, 25, 32, 32],
  [31, 90, 32, 32],
  [1, 1, 8, 8],
  [3, 200, 8, 16],
  [1280, 720, 96, 96],
])(
  'a picture of %d x %d is scaled to %d x %d as sharp does, within one level',
  async (width, height, toWidth, toHeight) => {
    for (const fit of ['cover', 'contain', 'fill'] as const) {
      const channels = fit === 'cover' ? 1 : 3;
      const data = noise(width * height * channels);
      const expected = await sharp(data, { raw: { width, height, channels } })
        .resize(toWidth, toHeight, { fit, background: 'white' })
        .raw()
        .toBuffer({ resolveWithObject: true });
      const found = scalePixels({ data, width, height, channels }, [toHeight, toWidth, channels], fit);
      // sharp may give a grey picture three equal channels.
      const theirs = Uint8Array.from(
        found,
        (_, i) => expected.data[i * (expected.info.channels / channels)]!,
      );
      expect(found.length).toBe(toWidth * toHeight * channels);
      const furthest = found.reduce((most, level, i) => Math.max(most, Math.abs(level - theirs[i]!)), 0);
      expect([fit, furthest <= 1 ? 'within 1' : furthest]).toEqual([fit, 'within 1']);
    }
  },
);
