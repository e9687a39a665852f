export { type Channels, channelsChart } from './channels-chart.ts';
export type { ThemeName } from './colours.ts';
export type { ConfusionCell } from './confusion-cell.ts';
export {
  type Confusion,
  type ConfusionDrawing,
  confusionChart,
} from './confusion-chart.ts';
export {
  type Curve,
  type CurveChartOptions,
  type CurveDrawing,
  type CurvePoint,
  type CurveQuantity,
  curveChart,
} from './curve-chart.ts';
export { filtersChart, firstKernel } from './filters-chart.ts';
export type { ChartOptions } from './frame.ts';
export { type Mistake, type MistakesOptions, mistakesChart, mistakesOf } from './mistakes-chart.ts';
export type { Picture } from './picture.ts';
export { type RejectionLine, rejectionChart } from './rejection-chart.ts';
export { reliabilityChart } from './reliability-chart.ts';
export { svgText } from './svg-text.ts';
export { type SweepArm, type SweepChartOptions, sweepChart } from './sweep-chart.ts';
export { standaloneSvg, themeDeclarations } from './theme.ts';
