import { DropoutLabError, type ImageFit, type ImageShape } from '@dropout-lab/contracts';
import { type Drawable, drawableSize, picturePixels } from '@dropout-lab/data';
import { type ClassifiedPicture, isRawPicture, pixelsOfRaw, refusePicture } from './pictures.ts';

/** Returns the pixels of whatever a page has for a picture, in the form that a model takes. */
export const pixelsInBrowser = async (
  picture: ClassifiedPicture,
  shape: ImageShape,
  fit?: ImageFit,
): Promise<Uint8Array> => {
  if (typeof picture === 'string' || picture instanceof URL) {
    return pixelsOfFile(await fetchPicture(`${picture}`), `${picture}`, shape, fit);
  }
  if (picture instanceof Blob) return pixelsOfFile(picture, nameOf(picture), shape, fit);
  if (picture instanceof ArrayBuffer || picture instanceof Uint8Array)
    return pixelsOfFile(new Blob([picture as BlobPart]), 'the picture', shape, fit);
  if (isRawPicture(picture)) return pixelsOfRaw(picture, shape, fit);
  if (!isDrawable(picture)) {
    return refusePicture(
      picture,
      'an image, a canvas, an ImageBitmap, ImageData, a Blob, a video, or an address',
    );
  }
  await loaded(picture);
  const [width, height] = drawableSize(picture);
  if (width > 0 && height > 0) return picturePixels(picture, shape, fit);
  throw new DropoutLabError(
    'classify: expected a picture with pixels, found one of size 0: wait until it is loaded',
  );
};

const isDrawable = (picture: unknown): picture is Drawable =>
  [
    'HTMLImageElement',
    'HTMLCanvasElement',
    'HTMLVideoElement',
    'OffscreenCanvas',
    'ImageBitmap',
    'VideoFrame',
  ].some((name) => {
    const kind = (globalThis as unknown as Record<string, (new () => unknown) | undefined>)[name];
    return kind !== undefined && picture instanceof kind;
  });

/** An image of a page may still be on its way. */
const loaded = async (picture: Drawable): Promise<void> => {
  if (!('decode' in picture)) return;
  await picture.decode().catch((cause) => {
    throw new DropoutLabError(
      `${picture.src.slice(0, 80)}: expected an image that this browser can show, such as PNG or JPEG`,
      { cause },
    );
  });
};

const nameOf = (file: Blob): string => (file instanceof File && file.name ? file.name : 'the picture');

const pixelsOfFile = async (
  file: Blob,
  title: string,
  shape: ImageShape,
  fit: ImageFit | undefined,
): Promise<Uint8Array> => {
  const bitmap = await createImageBitmap(file).catch((cause) => {
    throw new DropoutLabError(`${title}: expected an image that this browser can show, such as PNG or JPEG`, {
      cause,
    });
  });
  try {
    return picturePixels(bitmap, shape, fit);
  } finally {
    bitmap.close();
  }
};

const fetchPicture = async (address: string): Promise<Blob> => {
  const response = await fetch(address).catch((cause) => {
    throw new DropoutLabError(`${address}: expected an image, found that it cannot be reached`, { cause });
  });
  if (response.ok) return response.blob();
  throw new DropoutLabError(`${address}: expected an image, found HTTP ${response.status}`);
};
