import { type Batch, type BatchSource, ConfigError } from '@dropout-lab/contracts';
import { describe, expect, test } from 'vitest';
import reference from '../../fixtures/views.json' with { type: 'json' };
import { place } from './augment.ts';
import { testTimeViews, viewedBatches } from './test-time-views.ts';

const shape = reference.imageShape as [number, number, number];
const [height, width, channels] = shape;
const size = height * width * channels;
const images = Uint8Array.from(reference.images);

test.each(reference.placements.map((one) => [one.mode, one.flip, one.dy, one.dx, one.pixels] as const))(
  "as numpy's pad: %s, mirrored %s, moved by %i, %i",
  (mode, flip, dy, dx, pixels) => {
    const to = new Uint8Array(size);
    place(images, 0, shape, { flip, dy, dx, reflects: mode === 'reflect' }, to);
    expect([...to]).toEqual(pixels);
  },
);

const sourceOf = (pixels: Batch['images'], imageShape: readonly number[]): BatchSource => ({
  size: 2,
  batchSize: 2,
  batchesPerEpoch: 1,
  imageShape,
  batch: () => ({ images: pixels, labels: Uint8Array.of(0, 1), size: 2 }),
});

const seen = async (
  source: BatchSource,
  view: Parameters<typeof viewedBatches>[1],
  format: 'channels_last' | 'channels_first',
) => (await viewedBatches(source, view, format).batch(0, 0)).images;

describe('viewedBatches', () => {
  // One row of pixels 1 2 3 above another of 4 5 6.
  const two = sourceOf(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 7, 7, 8, 8, 8), [2, 3, 1]);

  test.each([
    [{ flip: false, shift: 0 }, [1, 2, 3, 4, 5, 6]],
    [{ flip: true, shift: 0 }, [3, 2, 1, 6, 5, 4]],
    [{ flip: false, shift: 1 }, [5, 6, 5, 2, 3, 2]],
    [{ flip: false, shift: -1 }, [5, 4, 5, 2, 1, 2]],
    [{ flip: true, shift: 1 }, [5, 6, 5, 2, 3, 2]],
    [{ flip: true, shift: -1 }, [5, 4, 5, 2, 1, 2]],
  ])('%j of a picture of 2 x 3, by hand', async (view, expected) => {
    expect([...(await seen(two, { weight: 1, ...view }, 'channels_last'))].slice(0, 6)).toEqual(expected);
  });

  test('channels first and last give the same pictures, and floats those of bytes', async () => {
    const planes = (pixels: Batch['images']) =>
      Uint8Array.from({ length: 2 * size }, (_, i) => {
        const [n, c, p] = [
          Math.floor(i / size),
          Math.floor(i / (height * width)) % channels,
          i % (height * width),
        ];
        return pixels[n * size + p * channels + c]!;
      });
    for (const view of testTimeViews.flip_shift) {
      const last = await seen(sourceOf(images, shape), view, 'channels_last');
      const first = await seen(sourceOf(planes(images), [channels, height, width]), view, 'channels_first');
      expect(first).toEqual(planes(last));
      const floats = await seen(sourceOf(Float32Array.from(images), shape), view, 'channels_last');
      expect(floats).toEqual(Float32Array.from(last));
    }
  });

  test('labels and sizes stay; images of one row cannot be shifted, but mirrored', async () => {
    const [view] = testTimeViews.flip_shift.slice(-1);
    const batch = await viewedBatches(two, view!, 'channels_last').batch(0, 0);
    expect([batch.labels, batch.size]).toEqual([Uint8Array.of(0, 1), 2]);
    const row = sourceOf(Uint8Array.of(1, 2, 3, 4), [1, 2, 1]);
    expect(() => viewedBatches(row, view!, 'channels_last')).toThrow(
      new ConfigError(
        'testTimeAugmentation: expected at most 0 pixels to reflect in images of 1 x 2, received 1: use flip, or none',
      ),
    );
    const mirror = testTimeViews.flip[1]!;
    expect([...(await seen(row, mirror, 'channels_last'))]).toEqual([2, 1, 4, 3]);
  });

  test.each(Object.entries(testTimeViews))('the weights of %s add up to 1', (_, views) => {
    expect(views.reduce((sum, { weight }) => sum + weight, 0)).toBe(1);
  });
});
