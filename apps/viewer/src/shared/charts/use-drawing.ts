import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface UsedDrawing<T> {
  /** Of the element whose width the drawing has, and of the one that it is put into. */
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly canvas: RefObject<HTMLDivElement | null>;
  /** Of the frame, in pixels; 0 before it is known. */
  readonly width: number;
  /** Undefined before the first drawing. */
  readonly drawing: T | undefined;
}

/**
 * Draws a chart for the width that it is given, and again when either changes. One that cannot be drawn says so in its
 * place.
 *
 * @param draw Another function for another chart: `useCallback`.
 */
export const useDrawing = <T extends { readonly svg: SVGSVGElement }>(
  draw: (width: number) => T,
): UsedDrawing<T> => {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [drawing, setDrawing] = useState<T>();

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (width === 0) return;
    // A task for each chart: the page answers between them.
    const timer = setTimeout(() => {
      try {
        const drawn = draw(width);
        canvas.current?.replaceChildren(drawn.svg);
        setDrawing(drawn);
      } catch (error) {
        reportError(error);
        canvas.current?.replaceChildren(`This chart could not be drawn: ${(error as Error).message}`);
      }
    });
    return () => clearTimeout(timer);
  }, [draw, width]);

  return { frame, canvas, width, drawing };
};
