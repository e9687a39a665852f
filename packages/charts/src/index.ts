export { type Channels, channelsChart } from './channels-chart.ts';
export type { ConfusionCell } from './confusion-cell.ts';
export {
  type Confusion,
  type ConfusionDrawing,
  confusionChart,
} from './confusion-chart.ts';
export { type CurveChartOptions, type CurveDrawing, type CurveQuantity, curveChart } from './curve-chart.ts';
export type { Curve, CurvePoint } from './curves/curve.ts';
export { filtersChart, firstKernel } from './filters-chart.ts';
export { type Mistake, type MistakesOptions, mistakesChart, mistakesOf } from './mistakes-chart.ts';
export type { ChartOptions } from './parts/frame.ts';
export type { Picture } from './parts/picture.ts';
export { type RejectionLine, rejectionChart } from './rejection-chart.ts';
export { reliabilityChart } from './reliability-chart.ts';
export { type SweepArm, type SweepChartOptions, sweepChart } from './sweep-chart.ts';
export type { ThemeName } from './theme/colours.ts';
export { svgText } from './theme/svg-text.ts';
export { standaloneSvg, themeDeclarations } from './theme/theme.ts';
