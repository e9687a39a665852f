import type { ImageFit } from '@dropout-lab/contracts';

/** The size of the pictures that a model takes. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
  /** 3 for colours (RGB), 1 for greys. */
  readonly channels: number;
}

/** How pictures become images. */
export interface Shape {
  /** Height and width; undefined where the pictures decide. */
  readonly size: number | undefined;
  readonly fit: ImageFit;
}
