import { type CurveChartOptions, type CurveDrawing, curveChart } from '@dropout-lab/charts';
import { batch, type ReadonlySignal, type Signal, useSignal } from '@preact/signals';
import { useCallback, useMemo } from 'preact/hooks';
import { ChartCaption } from './chart-caption.tsx';
import { Chosen } from './highlighted.tsx';
import type { Interval } from './pinch.ts';
import { readingKeys } from './reading-keys.ts';
import { lineNear, readingsOf } from './readings.ts';
import { pointed, Readout } from './readout.tsx';
import { saveChart } from './save-chart.ts';
import type { Series } from './series.ts';
import { useDrawing } from './use-drawing.ts';
import { useZoom } from './use-zoom.ts';
import './line-chart.css';

interface LineChartProps extends Pick<CurveChartOptions, 'quantity' | 'log' | 'xLabel' | 'reach'> {
  readonly title: string;
  /** Whose curves they are, for a file of the chart; left out where its legend says so. */
  readonly of?: string;
  readonly series: readonly Series[];
  /** Said where there is no curve. */
  readonly empty: string;
  /** Writes a value beside the pointer. */
  readonly format: (value: number) => string;
  /** First and last x; null for all. */
  readonly from: number | null;
  readonly to: number | null;
  readonly onZoom: (from: number | null, to: number | null) => void;
  /** x under the pointer, shared by the charts of a page. */
  readonly hover: Signal<number | null>;
}

/** Height of a chart of a width, in pixels. */
const heightOf = (width: number): number => Math.round(Math.min(380, Math.max(240, 0.45 * width)));

/** Curves over epochs or time: hover reads all charts of the page, a drag or a pinch zooms, a double click shows all. */
export const LineChart = (props: LineChartProps) => {
  const { title, series, empty, quantity, xLabel = 'epoch', format, log = false, onZoom, hover } = props;
  const titleOfFile = props.of === undefined ? title : `${title} of ${props.of}`;
  const [first, last] = props.reach ?? [];
  const pinched = useSignal<Interval | null>(null);
  const [from, to] = pinched.value ?? [props.from, props.to];
  const draw = useCallback(
    (width: number, hasLegend = false) => {
      const height = heightOf(width);
      const reach = first === undefined ? undefined : ([first, last!] as const);
      const options = { quantity, xLabel, log, from, to, reach, width, height, hasLegend };
      return curveChart(series, { ...options, title: hasLegend ? titleOfFile : title });
    },
    [series, title, titleOfFile, quantity, xLabel, log, from, to, first, last],
  );
  const { frame, canvas, width, drawing } = useDrawing<CurveDrawing>(draw);
  const readings = useMemo(() => readingsOf(series, from, to), [series, from, to]);
  const extent = useMemo(() => extentOf(series), [series]);
  const { drag, handlers } = useZoom({
    drawing,
    extent,
    pinched,
    onZoom,
    rounded: xLabel === 'epoch' ? wholeEpochs : inHundredths,
    onRead: (x, height) => {
      const at = x === null ? null : readings.nearest(x);
      batch(() => {
        hover.value = at;
        pointed.value = at === null ? null : lineNear(readings.at(at), height, drawing!.y);
      });
    },
  });

  const { onKeyDown, leave } = readingKeys({ readings, hover, xLabel, format });

  return (
    <figure class="chart">
      <ChartCaption
        title={title}
        onShowAll={from === null && to === null ? undefined : () => onZoom(null, null)}
        onSave={(fileFormat) => void saveChart(draw(width, true).svg, titleOfFile, fileFormat)}
      />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        ref={frame}
        class="plot"
        style={{ height: `${heightOf(width)}px` }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrow keys move the readout
        tabIndex={0}
        role="group"
        aria-label={`${title}: arrow keys read the curves`}
        onKeyDown={onKeyDown}
        onBlur={leave}
        {...handlers}
      >
        <div ref={canvas} class="drawing" />
        {drawing && (
          <Readout
            readings={readings}
            drawing={drawing}
            hover={hover}
            format={format}
            width={width}
            xLabel={xLabel}
          />
        )}
        {drawing && <Chosen series={series} drawing={drawing} hover={hover} />}
        {drawing && <Selection drag={drag} area={drawing.area} />}
        {series.every(({ points }) => points.length === 0) && <p class="no-points">{empty}</p>}
      </div>
    </figure>
  );
};

interface SelectionProps {
  readonly drag: ReadonlySignal<Interval | null>;
  readonly area: CurveDrawing['area'];
}

const Selection = ({ drag: { value }, area: { top, bottom } }: SelectionProps) =>
  value && (
    <div
      class="selection"
      style={{
        left: `${Math.min(...value)}px`,
        width: `${Math.abs(value[1] - value[0])}px`,
        top: `${top}px`,
        height: `${bottom - top}px`,
      }}
    />
  );

/** Returns the range from whole epoch to whole epoch, of one at least. */
const wholeEpochs = ([from, to]: Interval): Interval => {
  const first = Math.round(from);
  return [first, Math.max(first + 1, Math.round(to))];
};

const inHundredths = ([from, to]: Interval): Interval => [round(from), round(to)];

const round = (value: number): number => Math.round(value * 100) / 100;

/** First and last x of curves. */
const extentOf = (series: readonly Series[]): Interval => {
  const ends = series.flatMap(({ points }) => (points.length > 0 ? [points[0]!.x, points.at(-1)!.x] : []));
  return [Math.min(...ends), Math.max(...ends)];
};
