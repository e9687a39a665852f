import type { CurveDrawing } from '@dropout-lab/charts';
import { type ReadonlySignal, type Signal, useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { type Finger, type Interval, pinchedRange } from './pinch.ts';

interface ZoomOptions {
  readonly drawing: CurveDrawing | undefined;
  /** First and last x of all curves. */
  readonly extent: Interval;
  /** Called with the range that two fingers show while they are down. */
  readonly pinched: Signal<Interval | null>;
  /** Called with the x under the pointer, null when it has left, and its pixels from the top of the chart. */
  readonly onRead: (x: number | null, height: number) => void;
  readonly onZoom: (from: number | null, to: number | null) => void;
  /** Returns the range that is shown for one that was marked. */
  readonly rounded: (range: Interval) => Interval;
}

/** A shorter drag is a click. */
const SHORTEST_DRAG = 6;

type Handler = (event: PointerEvent & { readonly currentTarget: HTMLElement }) => void;

interface ZoomHandlers {
  readonly onPointerEnter: Handler;
  readonly onPointerDown: Handler;
  readonly onPointerMove: Handler;
  readonly onPointerUp: Handler;
  readonly onPointerCancel: Handler;
  readonly onPointerLeave: Handler;
  readonly onDblClick: () => void;
}

/**
 * Follows the pointers on a chart: the mouse and one finger read, a drag of the mouse and two fingers zoom, a double
 * click shows all. A finger that goes up or down scrolls the page, and the browser cancels its pointer.
 *
 * Ours, since Observable Plot's `pointer`, `crosshair` and `tip` read one chart, by the mouse alone: they know neither
 * keys nor fingers, share nothing between charts, and cannot zoom.
 */
export const useZoom = ({
  drawing,
  extent,
  pinched,
  onRead,
  onZoom,
  rounded,
}: ZoomOptions): {
  /** First and last pixel of the range that the mouse marks. */
  readonly drag: ReadonlySignal<Interval | null>;
  readonly handlers: ZoomHandlers;
} => {
  const drag = useSignal<Interval | null>(null);
  const left = useRef(0);
  /** Of the chart on the page, which may be scrolled meanwhile. */
  const top = useRef(0);
  const fingers = useRef(new Map<number, Finger>());

  const cancel = (id: number): void => {
    fingers.current.delete(id);
    drag.value = null;
    pinched.value = null;
  };
  const zoomTo = (marked: Interval): void => {
    const [from, to] = rounded(marked);
    const all = from <= extent[0] && to >= extent[1];
    onZoom(all ? null : from, all ? null : to);
  };

  const handlers: ZoomHandlers = {
    // Once, for the move handler reads no layout.
    onPointerEnter: ({ currentTarget }) => {
      const place = currentTarget.getBoundingClientRect();
      left.current = place.left;
      top.current = place.top + scrollY;
    },
    onPointerDown: ({ currentTarget, clientX, pageY, pointerId, pointerType, button }) => {
      if (!drawing || button !== 0) return;
      const pixel = clientX - left.current;
      if (pointerType === 'mouse') {
        currentTarget.setPointerCapture(pointerId);
        drag.value = [pixel, pixel];
        return;
      }
      fingers.current.set(pointerId, { x: 0, pixel });
      // A pinch begins when the last finger comes down, wherever the first has got to by then.
      for (const [id, { pixel }] of fingers.current) {
        fingers.current.set(id, { x: drawing.xAt(pixel), pixel });
      }
      onRead(fingers.current.size === 1 ? drawing.xAt(pixel) : null, pageY - top.current);
    },
    onPointerMove: ({ clientX, pageY, pointerId }) => {
      if (!drawing) return;
      const pixel = clientX - left.current;
      const finger = fingers.current.get(pointerId);
      if (finger) fingers.current.set(pointerId, { ...finger, pixel });
      if (fingers.current.size > 1) {
        const [one, other] = [...fingers.current.values()];
        pinched.value = pinchedRange([one!, other!], drawing.area, extent) ?? pinched.value;
        return;
      }
      if (drag.value) drag.value = [drag.value[0], pixel];
      onRead(drawing.xAt(pixel), pageY - top.current);
    },
    onPointerUp: ({ pointerId }) => {
      if (drag.value && drawing && Math.abs(drag.value[1] - drag.value[0]) >= SHORTEST_DRAG) {
        const [a, b] = drag.value.map(drawing.xAt) as [number, number];
        zoomTo(within([Math.min(a, b), Math.max(a, b)], extent));
      }
      if (pinched.value) zoomTo(pinched.value);
      cancel(pointerId);
    },
    onPointerCancel: ({ pointerId }) => {
      cancel(pointerId);
      onRead(null, 0);
    },
    // A finger leaves whenever it is lifted: what it pointed at is still read.
    onPointerLeave: ({ pointerType, pointerId }) => {
      fingers.current.delete(pointerId);
      if (pointerType === 'mouse') onRead(null, 0);
    },
    onDblClick: () => onZoom(null, null),
  };
  return { drag, handlers };
};

const within = ([from, to]: Interval, [first, last]: Interval): Interval => [
  Math.max(from, first),
  Math.min(to, last),
];
