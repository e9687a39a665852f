import type { ReliabilityBin } from '@dropout-lab/contracts';
import { gridY, line, plot, rectY, ruleY } from '@observablehq/plot';
import { addAxisTitle, type ChartOptions, finish, frame, gridLines } from './parts/frame.ts';
import { addLegend, type LegendItem } from './parts/legend.ts';
import { armColour } from './theme/colours.ts';

const MARGIN = { left: 48, right: 14, top: 54, bottom: 40 };

/** Of the diagonal, in pixels. */
const DASHES = '4 3';

/**
 * Reliability chart (Guo et al. 2017): how often the model is right where it is so sure. A calibrated model's bars
 * end at the diagonal; above are bars of one that is too cautious, below of one that is too sure.
 *
 * @param arm Place among the arms, which gives its colour.
 */
export const reliabilityChart = (
  bins: readonly ReliabilityBin[],
  arm: number,
  options: ChartOptions = {},
): SVGSVGElement => {
  const { width = 460 } = options;
  const colour = armColour(arm);
  const filled = bins.filter(({ count }) => count > 0);
  const percent = (share: number): string => `${(100 * share).toFixed(0)}%`;
  const svg = plot({
    ...frame({ ...options, width }),
    height: MARGIN.top + 260 + MARGIN.bottom,
    marginTop: MARGIN.top,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginBottom: MARGIN.bottom,
    x: {
      domain: [0, 1],
      tickFormat: '%',
      label: 'confidence (probability of the most likely class)',
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: { domain: [0, 1], ticks: 5, tickFormat: '%', label: null },
    marks: [
      gridY({ ...gridLines, ticks: 5 }),
      rectY(filled, {
        x1: 'lower',
        x2: 'upper',
        y: 'accuracy',
        fill: colour,
        fillOpacity: 0.55,
        inset: 1,
        title: ({ count, lower, upper, accuracy }: ReliabilityBin) =>
          `${count} images of confidence ${percent(lower)} to ${percent(upper)}: ${percent(accuracy)} right`,
      }),
      // Where a calibrated bar would end: at the bin's mean confidence.
      ruleY(filled, {
        x1: (bin: ReliabilityBin) => bin.lower + 0.004,
        x2: (bin: ReliabilityBin) => bin.upper - 0.004,
        y: 'confidence',
        stroke: 'var(--ink)',
        strokeWidth: 2,
      }),
      line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: 'var(--muted)', strokeDasharray: DASHES },
      ),
      ruleY([0], { stroke: 'var(--muted)' }),
    ],
  }) as SVGSVGElement;
  const legend: LegendItem[] = [
    { label: 'accuracy', colour, key: 'bar' },
    { label: 'mean confidence', colour: 'var(--ink)', key: 'line' },
    { label: 'calibrated', colour: 'var(--muted)', key: 'line', dashes: DASHES },
  ];
  addAxisTitle(svg, 'accuracy', MARGIN.top);
  addLegend(svg, legend, width);
  return finish(svg, 'reliability chart: accuracy by confidence');
};
