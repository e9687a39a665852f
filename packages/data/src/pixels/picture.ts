import type { ImageFit, ImageShape } from '@dropout-lab/contracts';
import { greyLevel } from './grey-level.ts';
import { type Pixels, scalePixels } from './resize.ts';

/**
 * Returns an image's pixels in the form that a model takes: scaled by {@link scalePixels}, white behind what is
 * transparent, and as greys where the model has one channel.
 *
 * @param image Of 1 channel (grey), 3 (RGB) or 4 (RGBA).
 * @param shape Shape of the model's images, with 3 channels or 1.
 * @returns uint8 [height, width, channels].
 */
export const modelPixels = (image: Pixels, shape: ImageShape, fit?: ImageFit): Uint8Array => {
  const opaque = image.channels === 4 ? onWhite(image) : image;
  const scaled = scalePixels(opaque, shape, fit);
  if (opaque.channels === shape[2]) return scaled;
  if (opaque.channels === 1)
    return Uint8Array.from({ length: scaled.length * 3 }, (_, i) => scaled[Math.floor(i / 3)]!);
  return Uint8Array.from({ length: scaled.length / 3 }, (_, i) =>
    greyLevel(scaled[3 * i]!, scaled[3 * i + 1]!, scaled[3 * i + 2]!),
  );
};

const onWhite = ({ data, width, height }: Pixels): Pixels => {
  const colours = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4) {
    const alpha = data[from + 3]!;
    for (let c = 0; c < 3; c++) {
      colours[to++] = alpha === 255 ? data[from + c]! : (data[from + c]! * alpha + 255 * (255 - alpha)) / 255;
    }
  }
  return { data: colours, width, height, channels: 3 };
};

/** Some browsers have no larger canvases. */
const MOST_PIXELS = 2 ** 24;

/** A drawing of a page that can become a model's picture. */
export type Drawable =
  | HTMLImageElement
  | HTMLCanvasElement
  | OffscreenCanvas
  | HTMLVideoElement
  | ImageBitmap
  | VideoFrame;

/**
 * Returns the pixels of a drawing of a page in the form that a model takes; see {@link modelPixels}.
 *
 * @param shape Shape of the model's images, with 3 channels (RGB) or 1 (grey).
 * @returns uint8 [height, width, channels].
 */
export const picturePixels = (drawable: Drawable, shape: ImageShape, fit?: ImageFit): Uint8Array => {
  const [w, h] = drawableSize(drawable);
  const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (w * h)));
  const [width, height] = [Math.max(1, Math.floor(w * scale)), Math.max(1, Math.floor(h * scale))];
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.imageSmoothingQuality = 'high';
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.drawImage(drawable, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  return modelPixels({ data, width, height, channels: 4 }, shape, fit);
};

/** Returns the size of a drawing in its own pixels, whatever the page shows it in; 0 for one that is not loaded. */
export const drawableSize = (drawable: Drawable): readonly [width: number, height: number] => {
  if ('naturalWidth' in drawable) return [drawable.naturalWidth, drawable.naturalHeight];
  if ('videoWidth' in drawable) return [drawable.videoWidth, drawable.videoHeight];
  if ('displayWidth' in drawable) return [drawable.displayWidth, drawable.displayHeight];
  return [drawable.width, drawable.height];
};
