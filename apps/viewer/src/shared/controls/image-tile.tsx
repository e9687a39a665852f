import type { ImageDataset } from '@dropout-lab/contracts';
import { useMemo } from 'preact/hooks';
import { pictureOf } from '../images/pixels.ts';
import { PictureCanvas } from './picture-canvas.tsx';
import './image-tile.css';

interface ImageTileProps {
  readonly images: ImageDataset;
  /** Index of the image in the data set. */
  readonly index: number;
  readonly caption: string;
}

/** An image of a data set, pixel by pixel, with its caption. */
export const ImageTile = ({ images, index, caption }: ImageTileProps) => {
  const picture = useMemo(() => pictureOf(images, index), [images, index]);
  return (
    <figure class="tile">
      <PictureCanvas picture={picture} label={`test image ${index}: ${caption}`} />
      <figcaption>{caption}</figcaption>
    </figure>
  );
};
