import type { ImageDataset } from '@dropout-lab/contracts';
import { useEffect, useRef } from 'preact/hooks';

interface ImageTileProps {
  readonly images: ImageDataset;
  /** Of the image in the data set. */
  readonly index: number;
  readonly caption: string;
}

/** An image of a data set, pixel by pixel, with its caption. */
export const ImageTile = ({ images, index, caption }: ImageTileProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [height, width] = images.imageShape;
  useEffect(() => {
    const size = height * width;
    const pixels = new Uint8ClampedArray(4 * size).fill(255);
    for (let i = 0; i < size; i++) {
      for (let c = 0; c < 3; c++) pixels[4 * i + c] = images.images[3 * (index * size + i) + c]!;
    }
    canvas.current!.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [images, index]);
  return (
    <figure class="tile">
      <canvas
        ref={canvas}
        width={width}
        height={height}
        role="img"
        aria-label={`test image ${index}: ${caption}`}
      />
      <figcaption>{caption}</figcaption>
    </figure>
  );
};
