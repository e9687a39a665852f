export { confusionChart } from './charts/confusion-chart.ts';
export { type CurveChartOptions, type CurveQuantity, curveChart } from './charts/curve-chart.ts';
export type { ChartOptions } from './charts/frame.ts';
export { filtersChart, mistakesChart } from './charts/gallery-chart.ts';
export { reliabilityChart } from './charts/reliability-chart.ts';
export { sweepChart } from './charts/sweep-chart.ts';
export {
  armColour,
  type Colours,
  type ThemeName,
  themeColours,
  themeDeclarations,
  withTheme,
} from './charts/theme.ts';
