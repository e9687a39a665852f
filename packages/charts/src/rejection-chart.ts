import { gridY, line, plot } from '@observablehq/plot';
import { addAxisTitle, type ChartOptions, finish, frame, gridLines } from './parts/frame.ts';
import { addLegend, type LegendItem, legendHeight } from './parts/legend.ts';
import { armColour, armDashes } from './theme/colours.ts';

/** Accuracy against the fraction of images that are answered, of one way to predict. */
export interface RejectionLine {
  readonly label: string;
  /** Place among the arms, which gives its colour. */
  readonly arm: number;
  /** By rising fraction. */
  readonly points: readonly { readonly answered: number; readonly accuracy: number }[];
}

const MARGIN = { left: 48, right: 14, bottom: 40 };
/** More points than pixels would be no finer. */
const MOST_POINTS = 400;

/**
 * Rejection chart: how often a model is right when it answers only the images that it is most confident of. The right end
 * is its accuracy on all; the faster a line rises to the left, the better its confidence orders the images.
 */
export const rejectionChart = (
  lines: readonly RejectionLine[],
  options: ChartOptions = {},
): SVGSVGElement => {
  const { width = 460 } = options;
  const legend = lines.map(
    ({ label, arm }): LegendItem => ({
      label,
      colour: armColour(arm),
      key: 'line',
      dashes: armDashes(arm),
    }),
  );
  const top = legendHeight(legend, width) + 32;
  const lowest = Math.min(1, ...lines.flatMap(({ points }) => points.map(({ accuracy }) => accuracy)));
  const svg = plot({
    ...frame({ ...options, width }),
    height: top + 260 + MARGIN.bottom,
    marginTop: top,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginBottom: MARGIN.bottom,
    x: {
      domain: [0, 1],
      tickFormat: '%',
      label: 'answered images, the most confident first',
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: { domain: [Math.floor(lowest * 10) / 10, 1], ticks: 5, tickFormat: '%', label: null },
    marks: [
      gridY({ ...gridLines, ticks: 5 }),
      ...lines.map(({ points, arm }) =>
        line(thinned(points), {
          x: 'answered',
          y: 'accuracy',
          stroke: armColour(arm),
          strokeDasharray: armDashes(arm) ?? 'none',
          strokeWidth: 2,
        }),
      ),
    ],
  }) as SVGSVGElement;
  addAxisTitle(svg, 'accuracy of the answers', top);
  addLegend(svg, legend, width);
  return finish(
    svg,
    `rejection chart: accuracy by answered images: ${lines.map(({ label }) => label).join(', ')}`,
  );
};

/** Keeps the first and the last point, and as many between as can be seen. */
const thinned = <Point>(points: readonly Point[]): readonly Point[] => {
  const every = Math.ceil(points.length / MOST_POINTS);
  return points.filter((_, i) => i === 0 || i === points.length - 1 || i % every === 0);
};
