import { fileURLToPath } from 'node:url';
import type { ImageFit, ImageShape } from '@dropout-lab/contracts';
import { type ClassifiedPicture, isRawPicture, pixelsOfRaw, refusePicture } from './pictures.ts';

/** Returns the pixels of whatever a program has for a picture, in the form that a model takes. */
export const pixelsInNode = async (
  picture: ClassifiedPicture,
  shape: ImageShape,
  fit?: ImageFit,
): Promise<Uint8Array> => {
  if (isRawPicture(picture)) return pixelsOfRaw(picture, shape, fit);
  const file = await fileOf(picture);
  if (file === undefined) {
    return refusePicture(picture, 'the path of an image file, its content, or pixels with their size');
  }
  // Loaded when it is needed, since sharp is native code.
  const { readPicture } = await import('../model/read-picture.ts');
  return readPicture(file, shape, typeof file === 'string' ? file : 'the picture', fit);
};

const fileOf = async (picture: ClassifiedPicture): Promise<string | Uint8Array | undefined> => {
  if (typeof picture === 'string' || picture instanceof Uint8Array) return picture;
  if (picture instanceof URL) return fileURLToPath(picture);
  if (picture instanceof ArrayBuffer) return new Uint8Array(picture);
  if (picture instanceof Blob) return new Uint8Array(await picture.arrayBuffer());
  return undefined;
};
