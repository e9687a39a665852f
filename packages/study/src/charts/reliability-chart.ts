import type { ReliabilityBin } from '@dropout-lab/contracts';
import { gridY, line, plot, rectY, ruleY } from '@observablehq/plot';
import type { PooledTest } from '../analysis/analysis.ts';
import { addAxisTitle, addLegend, type ChartOptions, finish, frame, type LegendItem } from './frame.ts';

const MARGIN = { left: 48, right: 14, top: 52, bottom: 40 };

/**
 * Reliability diagram (Guo et al. 2017): how often the model is right where it is so sure. A calibrated model's bars
 * end at the diagonal; above are bars of one that is too cautious, below of one that is too sure.
 */
export const reliabilityChart = (
  { reliability }: PooledTest,
  colour: string,
  options: ChartOptions = {},
): SVGSVGElement => {
  const { width = 460 } = options;
  const filled = reliability.filter(({ count }) => count > 0);
  const svg = plot({
    ...frame({ ...options, width }),
    height: MARGIN.top + 260 + MARGIN.bottom,
    marginTop: MARGIN.top,
    marginLeft: MARGIN.left,
    marginRight: MARGIN.right,
    marginBottom: MARGIN.bottom,
    x: {
      domain: [0, 1],
      label: 'confidence (probability of the likeliest class)',
      labelAnchor: 'center',
      labelArrow: 'none',
    },
    y: { domain: [0, 1], label: null },
    marks: [
      gridY({ stroke: 'var(--grid)', strokeOpacity: 1 }),
      rectY(filled, {
        x1: 'lower',
        x2: 'upper',
        y: 'accuracy',
        fill: colour,
        fillOpacity: 0.55,
        inset: 1,
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
        { stroke: 'var(--muted)', strokeDasharray: '4 3' },
      ),
      ruleY([0], { stroke: 'var(--muted)' }),
    ],
  }) as SVGSVGElement;
  const legend: LegendItem[] = [
    { label: 'accuracy', colour, key: 'bar' },
    { label: 'mean confidence', colour: 'var(--ink)', key: 'line' },
    { label: 'calibrated', colour: 'var(--muted)', key: 'dashes' },
  ];
  addAxisTitle(svg, 'accuracy (fraction of images)', MARGIN.top);
  addLegend(svg, legend, { left: MARGIN.left, width: width - MARGIN.left - MARGIN.right });
  return finish(svg, 'reliability diagram: accuracy by confidence');
};
