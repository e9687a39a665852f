import type { Signal } from '@preact/signals';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { download, pngOf, standaloneSvg } from '../download.ts';
import { type Point, pointNear, type Series } from '../series.ts';

export interface LineChartProps {
  readonly title: string;
  readonly series: readonly Series[];
  readonly xLabel: string;
  /** How a value is written. */
  readonly format: (value: number) => string;
  readonly log?: boolean;
  /** First and last x; null for all. */
  readonly from: number | null;
  readonly to: number | null;
  readonly onZoom?: (from: number | null, to: number | null) => void;
  /** x under the pointer, shared by the charts of a page. */
  readonly hover: Signal<number | null>;
}

type Plot = typeof import('@observablehq/plot');

const HEIGHT = 260;
const MARGIN = { left: 52, right: 14, top: 14, bottom: 34 };
/** Above it, a readout names the nearest curve only. */
const MOST_NAMED = 8;
/** A shorter drag is a click. */
const SHORTEST_DRAG = 6;

let plotModule: Promise<Plot> | undefined;
const loadPlot = (): Promise<Plot> => {
  plotModule ??= import('@observablehq/plot');
  return plotModule;
};

const hueColor = (hue: number): string => `var(--hue-${hue})`;

interface Scale {
  /** Pixels from the left of the chart. */
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  readonly xAt: (pixel: number) => number;
}

/** Curves over epochs or time: hover reads all charts of the page, a drag zooms, a double click shows all. */
export const LineChart = (props: LineChartProps) => {
  const { title, series, xLabel, format, log = false, from, to, onZoom, hover } = props;
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  const [scale, setScale] = useState<Scale>();
  const [drag, setDrag] = useState<readonly [number, number] | null>(null);

  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(Math.round(entry!.contentRect.width)));
    observer.observe(frame.current!);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    if (width === 0) return;
    let current = true;
    void loadPlot().then((plot) => {
      if (!current) return;
      const { svg, scale } = draw(plot, { series, xLabel, format, log, from, to, width, title });
      canvas.current?.replaceChildren(svg);
      setScale(scale);
    });
    return () => {
      current = false;
    };
  }, [series, xLabel, log, from, to, width, title]);

  const pixelOf = (event: PointerEvent | MouseEvent): number =>
    event.clientX - frame.current!.getBoundingClientRect().left;
  const step = (direction: number): void => {
    const xs = series[0]?.points.map(({ x }) => x) ?? [];
    const index = hover.value === null ? -1 : xs.findIndex((x) => x >= hover.value!);
    hover.value = xs[Math.min(xs.length - 1, Math.max(0, index + direction))] ?? null;
  };

  return (
    <figure class="chart">
      <figcaption>
        <h2>{title}</h2>
        <span class="chart-actions">
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
        style={{ height: `${HEIGHT}px` }}
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
        onPointerMove={(event) => {
          if (!scale) return;
          if (drag) setDrag([drag[0], pixelOf(event)]);
          hover.value = scale.xAt(pixelOf(event));
        }}
        onPointerLeave={() => {
          hover.value = null;
          setDrag(null);
        }}
        onPointerDown={(event) => {
          if (onZoom && event.pointerType === 'mouse') setDrag([pixelOf(event), pixelOf(event)]);
        }}
        onPointerUp={() => {
          if (drag && scale && Math.abs(drag[1] - drag[0]) >= SHORTEST_DRAG) {
            const [a, b] = drag.map(scale.xAt).sort((one, other) => one - other);
            onZoom?.(round(a!), round(b!));
          }
          setDrag(null);
        }}
        onDblClick={() => onZoom?.(null, null)}
      >
        <div ref={canvas} />
        {scale && (
          <Readout
            series={series}
            scale={scale}
            hover={hover}
            format={format}
            width={width}
            xLabel={xLabel}
          />
        )}
        {drag && (
          <div
            class="selection"
            style={{ left: `${Math.min(...drag)}px`, width: `${Math.abs(drag[1] - drag[0])}px` }}
          />
        )}
        {series.every(({ points }) => points.length === 0) && <p class="no-points">No epoch has ended yet</p>}
      </div>
    </figure>
  );
};

const round = (value: number): number => Math.round(value * 100) / 100;

type DrawOptions = Pick<LineChartProps, 'series' | 'xLabel' | 'format' | 'from' | 'to' | 'title'> & {
  readonly log: boolean;
  readonly width: number;
};

const draw = (plot: Plot, options: DrawOptions): { svg: SVGElement; scale: Scale } => {
  const { series, xLabel, format, log, from, to, width, title } = options;
  const isIn = ({ x }: Point) => (from === null || x >= from) && (to === null || x <= to);
  // With the neighbours of what is in range: lines lead out of the chart, where they are clipped.
  const isNear = (_: Point, i: number, points: readonly Point[]) =>
    (from === null || (points[i + 1] ?? points[i]!).x >= from) &&
    (to === null || (points[i - 1] ?? points[i]!).x <= to);
  const rows = series.flatMap(({ key, hue, dashed, points }) =>
    points
      .filter(isNear)
      .filter(({ raw, y }) => !log || (raw > 0 && y > 0))
      .map((point) => ({ ...point, key, dashed, color: hueColor(hue) })),
  );
  const isSmooth = rows.some(({ raw, y }) => raw !== y);
  const banded = rows.flatMap(({ band, ...row }) => (band ? [{ ...row, ...band }] : []));
  const onsets = series.flatMap(({ onset, points, hue }) => {
    const point = onset === undefined ? undefined : points.find(({ x }) => x === onset);
    return point && isIn(point) ? [{ ...point, color: hueColor(hue) }] : [];
  });
  const line = { x: 'x', z: 'key', stroke: 'color', clip: true } as const;
  const lines = (dashed: boolean) =>
    plot.line(
      rows.filter((row) => (row.dashed ?? false) === dashed),
      {
        ...line,
        y: 'y',
        strokeWidth: series.length > MOST_NAMED ? 1.25 : 1.9,
        ...(dashed && { strokeDasharray: '4,3' }),
      },
    );
  const root = plot.plot({
    width,
    height: HEIGHT,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginTop: MARGIN.top,
    marginBottom: MARGIN.bottom,
    ariaLabel: title,
    x: {
      label: xLabel,
      labelArrow: 'none',
      ticks: Math.max(3, Math.floor(width / 90)),
      ...domainOf(from, to, rows),
    },
    y: { label: null, type: log ? 'log' : 'linear', grid: true, ticks: 5, tickFormat: format, nice: !log },
    color: { type: 'identity' },
    marks: [
      plot.areaY(banded, {
        x: 'x',
        y1: 'lower',
        y2: 'upper',
        z: 'key',
        fill: 'color',
        fillOpacity: 0.16,
        clip: true,
      }),
      ...(isSmooth ? [plot.line(rows, { ...line, y: 'raw', strokeWidth: 1, strokeOpacity: 0.3 })] : []),
      lines(false),
      lines(true),
      plot.dot(onsets, {
        x: 'x',
        y: 'y',
        stroke: 'color',
        fill: 'var(--paper)',
        symbol: 'triangle',
        r: 5,
        strokeWidth: 2,
      }),
    ],
  });
  const svg = root as unknown as SVGElement;
  const [x, y] = (['x', 'y'] as const).map((name) => root.scale(name)!);
  // The pages' policy forbids inline styles; these are in the style sheet.
  svg.querySelector('style')?.remove();
  // One picture with one name; a name of a part, on an element without a role, is none.
  svg.setAttribute('role', 'img');
  for (const part of svg.querySelectorAll('g[aria-label]')) {
    part.classList.add(part.getAttribute('aria-label')!.replaceAll(' ', '-'));
    part.removeAttribute('aria-label');
  }
  return {
    svg,
    scale: {
      x: (value) => x!.apply(value) as number,
      y: (value) => y!.apply(value) as number,
      xAt: (pixel) => x!.invert!(pixel) as number,
    },
  };
};

const domainOf = (from: number | null, to: number | null, rows: readonly { x: number }[]) => {
  const xs = rows.map(({ x }) => x);
  const first = from ?? Math.min(...xs, Number.POSITIVE_INFINITY);
  const last = to ?? Math.max(...xs, Number.NEGATIVE_INFINITY);
  return Number.isFinite(first) && Number.isFinite(last) && last > first ? { domain: [first, last] } : {};
};

interface ReadoutProps extends Pick<LineChartProps, 'series' | 'hover' | 'format' | 'xLabel'> {
  readonly scale: Scale;
  readonly width: number;
}

/** What the curves are at the pointer. */
const Readout = ({ series, scale, hover, format, width, xLabel }: ReadoutProps) => {
  const x = hover.value;
  const found = useMemo(
    () =>
      x === null
        ? []
        : series.flatMap((one) => {
            const point = pointNear(one.points, x);
            return point ? [{ ...one, point }] : [];
          }),
    [series, x],
  );
  if (x === null || found.length === 0) return null;
  const at = found[0]!.point.x;
  const left = scale.x(at);
  if (!(left >= MARGIN.left - 1 && left <= width - MARGIN.right + 1)) return null;
  const named = [...found].sort((a, b) => b.point.raw - a.point.raw).slice(0, MOST_NAMED);
  return (
    <>
      <div class="crosshair" style={{ left: `${left}px` }} />
      {named.map(({ key, hue, point }) => (
        <span
          key={key}
          class={`hover-dot hue-${hue}`}
          style={{ left: `${scale.x(point.x)}px`, top: `${scale.y(point.y)}px` }}
        />
      ))}
      <div class={left > width / 2 ? 'readout start' : 'readout end'} role="status">
        <p>{`${xLabel} ${round(at)}`}</p>
        {named.map(({ key, label, hue, point }) => (
          <p key={key} class={`hue-${hue}`}>
            <span class="swatch" aria-hidden="true" />
            <span class="name">{label}</span>
            <b>{format(point.raw)}</b>
          </p>
        ))}
        {found.length > named.length && <p class="muted">{`and ${found.length - named.length} more`}</p>}
      </div>
    </>
  );
};

const save = async (holder: HTMLElement, title: string, kind: 'svg' | 'png'): Promise<void> => {
  const svg = holder.querySelector('svg');
  if (!svg) return;
  const name = title.toLowerCase().replaceAll(/\W+/g, '-');
  const text = standaloneSvg(svg);
  const blob = kind === 'svg' ? new Blob([text], { type: 'image/svg+xml' }) : await pngOf(text, svg);
  download(blob, `${name}.${kind}`);
};
