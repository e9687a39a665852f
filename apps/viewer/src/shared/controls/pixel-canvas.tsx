import { useEffect, useRef } from 'preact/hooks';
import './pixel-canvas.css';

interface PixelCanvasProps {
  readonly width: number;
  readonly height: number;
  /** RGBA of [height, width]. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** What it shows, for who does not see it. */
  readonly label: string;
  readonly class?: string;
}

/** A picture pixel by pixel; how large a pixel is drawn is up to the style sheet. */
export const PixelCanvas = ({ width, height, pixels, label, class: name }: PixelCanvasProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current!.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [pixels, width, height]);
  return <canvas ref={canvas} class={name} width={width} height={height} role="img" aria-label={label} />;
};
