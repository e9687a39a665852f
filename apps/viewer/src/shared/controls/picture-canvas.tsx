import { useMemo } from 'preact/hooks';
import { type Picture, withAlpha } from '../images/pixels.ts';
import { PixelCanvas } from './pixel-canvas.tsx';

interface PictureCanvasProps {
  readonly picture: Picture;
  /** Its description for screen readers; its title by default. */
  readonly label?: string;
  readonly class?: string;
}

/** A picture, pixel by pixel. */
export const PictureCanvas = ({
  picture,
  label = picture.title,
  class: name = 'pixels',
}: PictureCanvasProps) => {
  const { width, height } = picture;
  const pixels = useMemo(() => withAlpha(picture), [picture]);
  return <PixelCanvas class={name} width={width} height={height} pixels={pixels} label={label} />;
};
