import { useEffect, useRef } from 'preact/hooks';
import './pixel-canvas.css';

interface PixelCanvasProps {
  readonly width: number;
  readonly height: number;
  /** RGBA of [height, width]. */
  readonly pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Its description for screen readers. */
  readonly label: string;
  readonly class?: string;
}

/** A picture pixel by pixel; the style sheet decides how large a pixel is. */
export const PixelCanvas = ({ width, height, pixels, label, class: name }: PixelCanvasProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current!.getContext('2d')!.putImageData(new ImageData(pixels, width, height), 0, 0);
  }, [pixels, width, height]);
  return <canvas ref={canvas} class={name} width={width} height={height} role="img" aria-label={label} />;
};
