import type { ReadonlySignal, Signal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type CurvesOptions, drawCurves, heightOf, type Plot, type Scale } from './curves.ts';
import { download, pngOf, standaloneSvg } from './download.ts';
import type { Interval } from './pinch.ts';
import { readingsOf } from './readings.ts';
import { Readout } from './readout.tsx';
import type { Series } from './series.ts';
import { useZoom } from './use-zoom.ts';
import './line-chart.css';

interface LineChartProps extends Omit<CurvesOptions, 'width' | 'log'> {
  readonly log?: boolean;
  readonly onZoom: (from: number | null, to: number | null) => void;
  /** x under the pointer, shared by the charts of a page. */
  readonly hover: Signal<number | null>;
}

let plotModule: Promise<Plot> | undefined;
const loadPlot = (): Promise<Plot> => {
  plotModule ??= import('@observablehq/plot');
  return plotModule;
};

/** Curves over epochs or time: hover reads all charts of the page, a drag or a pinch zooms, a double click shows all. */
export const LineChart = (props: LineChartProps) => {
  const { title, series, xLabel, format, log = false, onZoom, hover } = props;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [scale, setScale] = useState<Scale>();

  const extent = useMemo(() => extentOf(series), [series]);
  const { drag, pinched, handlers } = useZoom({
    width,
    scale,
    extent,
    onZoom,
    onRead: (x) => {
      hover.value = x === null ? null : readings.nearest(x);
    },
  });
  const [from, to] = pinched.value ?? [props.from, props.to];
  const readings = useMemo(() => readingsOf(series, from, to), [series, from, to]);

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (width === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let current = true;
    void loadPlot().then((plot) => {
      if (!current) return;
      // A task for each chart: the page answers between them.
      timer = setTimeout(() => {
        const { svg, scale } = drawCurves(plot, { series, xLabel, format, log, from, to, width, title });
        canvas.current?.replaceChildren(svg);
        setScale(scale);
      });
    });
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [series, xLabel, log, from, to, width, title]);

  const step = (direction: number): void => {
    const { xs } = readings;
    const index = hover.value === null ? -1 : xs.findIndex((x) => x >= hover.value!);
    hover.value = xs[Math.min(xs.length - 1, Math.max(0, index + direction))] ?? null;
  };

  return (
    <figure class="chart">
      <figcaption>
        <h2>{title}</h2>
        <span class="chart-actions">
          {(from !== null || to !== null) && (
            <button type="button" class="link" onClick={() => onZoom(null, null)}>
              Show all
            </button>
          )}
          <button type="button" class="link" onClick={() => save(canvas.current!, title, 'svg')}>
            SVG
          </button>
          <button type="button" class="link" onClick={() => save(canvas.current!, title, 'png')}>
            PNG
          </button>
        </span>
      </figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        ref={frame}
        class="plot"
        style={{ height: `${heightOf(width)}px` }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the readout
        tabIndex={0}
        role="group"
        aria-label={`${title}: arrow keys read the curves`}
        onKeyDown={(event) => {
          if (event.key === 'ArrowRight') step(1);
          else if (event.key === 'ArrowLeft') step(-1);
          else if (event.key === 'Escape') hover.value = null;
          else return;
          event.preventDefault();
        }}
        onBlur={() => {
          hover.value = null;
        }}
        {...handlers}
      >
        <div ref={canvas} class="drawing" />
        {scale && (
          <Readout
            readings={readings}
            scale={scale}
            hover={hover}
            format={format}
            width={width}
            xLabel={xLabel}
          />
        )}
        <Selection drag={drag} />
        {series.every(({ points }) => points.length === 0) && <p class="no-points">No epoch has ended yet</p>}
      </div>
    </figure>
  );
};

const Selection = ({ drag: { value } }: { readonly drag: ReadonlySignal<Interval | null> }) =>
  value && (
    <div
      class="selection"
      style={{ left: `${Math.min(...value)}px`, width: `${Math.abs(value[1] - value[0])}px` }}
    />
  );

/** First and last x of curves. */
const extentOf = (series: readonly Series[]): Interval => {
  const ends = series.flatMap(({ points }) => (points.length > 0 ? [points[0]!.x, points.at(-1)!.x] : []));
  return [Math.min(...ends), Math.max(...ends)];
};

const save = async (holder: HTMLElement, title: string, kind: 'svg' | 'png'): Promise<void> => {
  const svg = holder.querySelector('svg');
  if (!svg) return;
  const name = title.toLowerCase().replaceAll(/\W+/g, '-');
  const text = standaloneSvg(svg);
  const blob = kind === 'svg' ? new Blob([text], { type: 'image/svg+xml' }) : await pngOf(text, svg);
  download(blob, `${name}.${kind}`);
};
