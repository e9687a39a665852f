import { useCallback } from 'preact/hooks';
import { useDrawing } from './use-drawing.ts';

interface DrawingProps {
  /** Another function for another chart: `useCallback`. */
  readonly draw: (width: number) => SVGSVGElement;
  readonly class?: string;
}

/** A chart as wide as its place. */
export const Drawing = ({ draw, class: name }: DrawingProps) => {
  const { frame, canvas } = useDrawing(useCallback((width: number) => ({ svg: draw(width) }), [draw]));
  return (
    <div ref={frame} class={name}>
      <div ref={canvas} />
    </div>
  );
};
